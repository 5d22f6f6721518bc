import { type Reader, statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A word in use: in how many records, and of which types those are. */
export type Word = { value: string; count: number; types: string[] };

/** The fields of the derived table, by their name in the answer. */
const FIELDS = { kinds: 'kind', roles: 'role', moments: 'moment', topics: 'topic', relations: 'relation', statuses: 'status' } as const;

/** The words in use of every field, most used first. */
export type Vocabulary = Record<keyof typeof FIELDS, Word[]>;

/** Which kinds, roles, topics, relation types and so on the records use. */
export async function vocabularyOf(reader: Reader): Promise<Vocabulary> {
  const named = statement<[field: string, value: string, count: number, types: string]>(
    `SELECT field, value, sum(records), ${dialect.jsonArray('type')} FROM vocabulary GROUP BY field, value ORDER BY field, sum(records) DESC, value`,
  );
  const words: typeof named = { ...named, offload: true };
  const [rows] = await reader.read([words]);
  const of = (field: string): Word[] =>
    rows.filter(([each]) => each === field).map(([, value, count, types]) => ({ value, count, types: JSON.parse(types) as string[] })); // @NOTE a JSON array of texts
  return {
    kinds: of(FIELDS.kinds),
    roles: of(FIELDS.roles),
    moments: of(FIELDS.moments),
    topics: of(FIELDS.topics),
    relations: of(FIELDS.relations),
    statuses: of(FIELDS.statuses),
  };
}
