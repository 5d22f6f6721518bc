import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';

/** A word in use, the number of records that use it, and their types. */
export type Word = { value: string; count: number; types: string[] };

/** The fields of the table `vocabulary`, by their name in the answer. */
const FIELDS = {
  kinds: 'kind',
  roles: 'role',
  moments: 'moment',
  topics: 'topic',
  relations: 'relation',
  statuses: 'status',
  figures: 'figure',
  attributes: 'attribute',
} as const;

/** The words in use, by field, most used first. */
export type Vocabulary = Record<keyof typeof FIELDS, Word[]>;

/** Reads the kinds, roles, topics, relation types and so on that records use. */
export async function vocabularyOf(reader: Reader): Promise<Vocabulary> {
  const words: Statement<[field: string, value: string, count: number, types: string]> = {
    sql: `SELECT field, value, sum(records), ${dialect.jsonArray('type')} FROM vocabulary GROUP BY field, value ORDER BY field, sum(records) DESC, value`,
    params: [],
    offload: true,
  };
  const [rows] = await reader.read([words]);
  const lists = Object.entries(FIELDS).map(([name, field]) => [
    name,
    rows
      .filter(([each]) => each === field)
      .map(([, value, count, types]): Word => ({ value, count, types: JSON.parse(types) as string[] })), // @NOTE a JSON array of texts
  ]);
  return Object.fromEntries(lists) as Vocabulary; // @NOTE one list for each of the names
}
