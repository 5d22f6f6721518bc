import { RECORDS, VALUES } from './values.ts';

/** One parameter in the OpenAPI document, as far as it is read here. */
type Parameter = { name: string; in: string; required?: boolean; schema?: { enum?: readonly string[] } };

/** The OpenAPI document, as far as it is read here. */
export type Document = { paths: Record<string, { get?: { operationId: string; parameters?: readonly Parameter[] } }> };

/** One value of one parameter of a query. */
export type Choice = { name: string; value: string | readonly string[] };

/** An operation to be tried: the addresses of the records it is asked about, what it needs, and the values to be tried beside that. */
export type Operation = { id: string; paths: readonly string[]; required: readonly Choice[][]; choices: readonly Choice[] };

/** Operations that answer from a constant or as a stream, which `npm run bench` measures. */
const LEFT_OUT: ReadonlySet<string> = new Set(['getHealth', 'getReadiness', 'exportRecords']);

/** Every GET operation of the OpenAPI document with the values of its parameters. Throws for a parameter without values. */
export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get || LEFT_OUT.has(get.operationId)) return [];
    const parameters = (get.parameters ?? []).filter((each) => each.in === 'query');
    return [
      {
        id: get.operationId,
        paths: pathsOf(path),
        required: parameters.filter(({ required }) => required).map(choicesOf),
        choices: parameters.filter(({ required }) => !required).flatMap(choicesOf),
      },
    ];
  });
}

const choicesOf = (each: Parameter): Choice[] => valuesOf(each).map((value) => ({ name: each.name, value }));

function valuesOf({ name, schema }: Parameter): Choice['value'][] {
  const values = schema?.enum ?? VALUES[name];
  if (values === undefined)
    throw new Error(`no values are known for the parameter ${name}: add the most expensive ones to test/bench/worst/values.ts`);
  return [...values];
}

/** The id of a record, or the vocabulary and slug of a code, as the end of an address. */
const asPath = (record: string): string => record.split('/').map(encodeURIComponent).join('/');

function pathsOf(template: string): string[] {
  if (!template.includes('{')) return [template];
  const records = RECORDS[template.split('/')[2]!] ?? [];
  return records.map((record) => template.replace(/{id}|{vocabulary}\/{slug}/, asPath(record)));
}

/** The address of an operation with some choices. */
export function addressOf(path: string, choices: readonly Choice[]): string {
  const query = new URLSearchParams();
  for (const { name, value } of choices) for (const each of [value].flat()) query.append(name, each);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
