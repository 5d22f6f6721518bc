import { z } from 'zod';
import { isEntryType, NAMED_TYPES, type RecordType } from '../domain/record-type.ts';
import { type Column, columnsOf, integer, json, type Kinds, text } from './columns.ts';
import { match, newCommonFields, returnedFields, serverSchemas, via } from './fields.ts';
import { type FormerNames, formerNames } from './former-names.ts';
import { nameWarnings } from './name-warnings.ts';
import { Id, Slug } from './strings.ts';

/** The model of one record type: all that is particular to it, as data, which the verbs, the index, the search and the change log read. */
export type RecordModel = Description & {
  /** The schemas of a record as the service returns it, as clients write it, and as they patch it. */
  schema: z.ZodObject;
  newSchema: z.ZodObject;
  patchSchema: z.ZodObject;
  /** Its own columns besides the key. */
  columns: readonly Column[];
  /** Its own columns that follow from the record: a rebuild makes them anew. */
  derived: readonly Column[];
};

type Description = {
  type: RecordType;
  /** The name of the collection in the URL, which is also that of the table of its own columns. */
  path: string;
  /** The type's name in component and operation names. */
  name: string;
  /** The field that is its title. */
  titleField: 'title' | 'name' | 'label';
  /** The field that is its kind. */
  kindField: 'kind' | 'vocabulary';
  /**
   * Required fields that make its id, with a hyphen between; they never change, and no value of the first has a hyphen. Absent for a type whose ids
   * are chosen by clients or made from titles.
   */
  idFields?: readonly ('vocabulary' | 'slug')[];
  /** A sentence for the reference. */
  description: string;
  /** A sentence for its group of operations in the reference. */
  group: string;
  /** Its moments; absent for a type that does not stand on the timeline. */
  timeline?: Timeline;
  /** Names that its fields had in earlier releases. */
  former: FormerNames;
  /** An example of what clients write, and the id of a seeded record for the reference's examples. */
  example: { id: string; patch: Record<string, unknown> };
};

/**
 * The moments of a type: `single` for exactly one, with the field `date` and the role `date`; otherwise one for each item of the field `dates`, or an
 * undated one without a role where there is none. Those of a `life` are the dates of an actor and its memberships with a period, or none.
 */
export type Timeline = { single: boolean; life?: true };

/** The description of a record type: `fields` are those of its records besides the fields of all records, as clients write them, in their order. */
type Definition<Type extends RecordType, Fields extends z.ZodRawShape> = Omit<Description, 'former' | 'kindField'> & {
  type: Type;
  former?: FormerNames;
  /** A phrase for the schema of what clients write. */
  newDescription: string;
  /** The kinds that its records have mostly; absent for a type without the field `kind`. */
  kinds?: string;
  fields: Fields;
  /** The schemas of fields that the service sets or returns otherwise than clients write them, besides those of all types. */
  set?: z.ZodRawShape;
  /** The kinds of its own columns. */
  columns: Kinds<keyof Fields | 'note'>;
};

/** Fields with names by which a record is found, besides the title. */
const NAME_FIELDS = ['names', 'symbol', 'symbols'];

/** The model of a record type. The schemas of what is returned and of what may be patched follow from that of what clients write. */
export function defineModel<Type extends RecordType, Fields extends z.ZodRawShape>({
  newDescription,
  kinds,
  fields,
  columns,
  set,
  former = {},
  ...description
}: Definition<Type, Fields>) {
  const { type, name, titleField, idFields, timeline } = description;
  const own = {
    type: z.enum([type]).optional(),
    id: Id.optional().describe(
      idFields
        ? `${idFields.join(' and ')} with a hyphen between; made of them when left out.`
        : `Made from the ${titleField} when left out: in Latin letters, and numbered when taken.`,
    ),
    // @NOTE the field of `kindField` is there, and the other one is never read
    ...((kinds === undefined ? {} : { kind: Slug.describe(kinds) }) as { kind: typeof Slug }),
    ...fields,
    ...newCommonFields,
  };
  const newSchema = z.strictObject(own).meta({ id: `New${name}`, description: newDescription });
  const returned = {
    ...own,
    ...pick(returnedFields, Object.keys(own)),
    type: z.enum([type]),
    ...set,
    ...serverSchemas,
    ...((timeline ?? 'published' in fields) && { match }),
    ...(isEntryType(type) && { via }),
    ...(NAME_FIELDS.some((field) => field in own) && { warnings: nameWarnings }),
  };
  const patchSchema = newSchema
    .partial()
    .meta({ id: `${name}Patch`, description: 'A JSON merge patch (RFC 7396); null clears an optional field.' });
  for (const schema of [newSchema, patchSchema]) formerNames.add(schema, former);
  return {
    ...description,
    kindField: kinds === undefined ? ('vocabulary' as const) : ('kind' as const),
    former,
    columns: columnsOf({ ...columns, attributes: json }),
    derived: derivedColumns(fields, NAMED_TYPES.has(type)),
    newSchema,
    patchSchema,
    schema: z.strictObject(returned).meta({ id: name, description: description.description }),
  };
}

/** The derived columns of a type: the terms of the attributes of records that are in no posting, and the days of the date of publication. */
const derivedColumns = (fields: z.ZodRawShape, isNamed: boolean): Column[] => [
  ...(isNamed ? columnsOf({ attributeTerms: json }) : []),
  ...('published' in fields
    ? columnsOf({ published: { startMin: integer, startMax: integer, endMin: integer, endMax: integer, doubted: integer, members: text } })
    : []),
];

const pick = <Value>(values: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
