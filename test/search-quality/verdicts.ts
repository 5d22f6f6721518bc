import type { FastifyInstance } from 'fastify';
import type { Annals } from '../../src/records/annals.ts';
import { importLines } from '../helpers/transfer.ts';
import { isOverInvented, POINTS, type Query, records, texts } from './queries.ts';

/** A query with its answer: the records and offers that are missing, and those that must not be there. */
export type Verdict = { query: Query; status: number; missing: string[]; wrong: string[]; milliseconds: number };

/** Sums over some queries. `expected` and `found` count records and offers that must be there, `wrong` those that must not. */
export type Figures = { queries: number; right: number; expected: number; found: number; wrong: number };

/** Adds the invented records and their texts to a service. */
export async function loadRecords(app: FastifyInstance, annals: Annals, key: string): Promise<void> {
  const { created } = await importLines(annals, records);
  if (created !== records.length) throw new Error(`${created} of ${records.length} records are new`);
  for (const { source, text } of texts) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
    const { statusCode, body } = await app.inject({ method: 'PUT', url: `/v1/sources/${source}/text`, payload: text, headers });
    if (statusCode >= 300) throw new Error(`the text of ${source} is refused: ${body}`);
  }
}

/** Asks a query, all pages of its answer, and compares the records with those that are expected. */
export async function judge(app: FastifyInstance, query: Query): Promise<Verdict> {
  const { status, found, offered, milliseconds } = await answerTo(app, query.ask + encodeURIComponent(query.value));
  const missing = [
    ...query.finds.filter((id) => !found.has(id)),
    ...query.offers.filter((each) => !offered.has(each)).map((each) => `offer of ${each}`),
  ];
  const wrong = [
    ...query.never.filter((id) => found.has(id)),
    ...query.offersNever.filter((each) => offered.has(each)).map((each) => `offer of ${each}`),
  ];
  // A list that is refused finds nothing, and that is no answer. A name that nothing has is refused rightly.
  const refused = status >= 400 && query.ask.endsWith('?q=') ? [`an answer other than ${status}`] : [];
  return { query, status, missing: [...missing, ...refused], wrong, milliseconds };
}

type Item = { type?: string; id?: string; entry?: { type: string; id: string } };
type Answer = Item & { items?: Item[]; next?: string };

async function answerTo(app: FastifyInstance, address: string) {
  const [found, offered] = [new Set<string>(), new Set<string>()];
  const started = performance.now();
  let [status, milliseconds, cursor]: [number, number, string | undefined] = [0, 0, undefined];
  do {
    const { statusCode, body } = await app.inject({ url: pageOf(address, cursor) });
    milliseconds ||= performance.now() - started;
    const answer = JSON.parse(body) as Answer; // @NOTE lists, records and problems are objects
    status = statusCode;
    if (status < 400) for (const item of answer.items ?? [answer]) addRecord(found, item.entry ?? item);
    addOffers(offered, answer);
    cursor = answer.next;
  } while (cursor !== undefined);
  return { status, found, offered, milliseconds };
}

function pageOf(address: string, cursor?: string): string {
  if (!address.includes('?')) return address;
  return `${address}&limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
}

function addRecord(found: Set<string>, { type, id }: { type?: string; id?: string }): void {
  found.add(id!).add(`${type}/${id}`);
}

/** Adds the strings of `didYouMean` wherever the answer has it, in lower case too. */
function addOffers(offered: Set<string>, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return;
  for (const [name, value] of Object.entries(answer)) {
    if (name !== 'didYouMean') addOffers(offered, value);
    else for (const each of [value].flat()) offered.add(String(each)).add(String(each).toLowerCase());
  }
}

/** Whether an answer has all records and offers that it must have, and none that it must not. */
export const isRight = ({ missing, wrong }: Verdict): boolean => missing.length + wrong.length === 0;

/** The figures of some verdicts. */
export function figuresOf(verdicts: readonly Verdict[]): Figures {
  const sum = (count: (verdict: Verdict) => number): number => verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const expected = sum(({ query }) => query.finds.length + query.offers.length);
  const missing = sum(({ query, missing: names }) => Math.min(names.length, query.finds.length + query.offers.length));
  return {
    queries: verdicts.length,
    right: verdicts.filter(isRight).length,
    expected,
    found: expected - missing,
    wrong: sum(({ wrong }) => wrong.length),
  };
}

const share = (part: number, whole: number): string => (whole === 0 ? '-' : (part / whole).toFixed(3)).padStart(9);

/** A table of precision, recall and queries that are wholly right: for each point, for both sets of records, and in all. */
export function table(verdicts: readonly Verdict[]): string {
  const rows: [name: string, some: readonly Verdict[]][] = [
    ...POINTS.map((point): [string, Verdict[]] => [point, verdicts.filter(({ query }) => query.point === point)]),
    ['seeds', verdicts.filter(({ query }) => !isOverInvented(query))],
    ['invented', verdicts.filter(({ query }) => isOverInvented(query))],
    ['all', verdicts],
  ];
  const lines = rows.map(([name, some]) => {
    const { queries, right, expected, found, wrong } = figuresOf(some);
    return `${name.padEnd(14)}${share(found, found + wrong)}${share(found, expected)}${`${right} of ${queries}`.padStart(13)}\n`;
  });
  return `${'point'.padEnd(14)}${'precision'.padStart(9)}${'recall'.padStart(9)}${'wholly right'.padStart(13)}\n${lines.join('')}`;
}
