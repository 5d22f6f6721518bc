import type { Input } from '../../model/record.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';

/**
 * A word of records, the number of records that use it, and their types; and what the codebook says of it: the id of the code, its label, its definition,
 * its synonyms and its codes elsewhere.
 */
export type Word = { value: string; count: number; types: string[]; code?: string } & Pick<Input, (typeof SAID)[number]>;

/** The fields of a code that the vocabulary shows. */
const SAID = ['label', 'definition', 'names', 'identifiers', 'recordTypes'] as const;

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

/** The words in use and those of the codebook, by field, most used first. */
export type Vocabulary = Record<keyof typeof FIELDS, Word[]>;

/** Reads the kinds, roles, topics, relation types and so on that records use, and what the codebook says of them. */
export async function vocabularyOf(reader: Reader): Promise<Vocabulary> {
  const words: Statement<[field: string, value: string, count: number, types: string]> = {
    sql: `SELECT field, value, sum(records), ${dialect.jsonArray('type')} FROM vocabulary GROUP BY field, value ORDER BY field, sum(records) DESC, value`,
    params: [],
    offload: true,
  };
  const codes: Statement<[document: Buffer]> = {
    sql: "SELECT document FROM records WHERE type = 'code' ORDER BY slug",
    params: [],
    offload: true,
  };
  const [rows, documents] = await reader.read([words, codes]);
  const known = documents.map(([document]) => JSON.parse(document.toString('utf8')) as Input); // @NOTE rendered by us
  const lists = Object.entries(FIELDS).map(([name, field]) => {
    const said = new Map(known.flatMap((code) => (code.vocabulary === field ? [[code.slug, wordsOf(code)]] : [])));
    const used = rows.flatMap(
      ([each, value, count, types]): Word[] =>
        each === field ? [{ value, count, types: JSON.parse(types) as string[], ...said.get(value) }] : [], // @NOTE a JSON array of texts
    );
    const isUsed = new Set(used.map(({ value }) => value));
    const unused = [...said].flatMap(([value, each]): Word[] =>
      isUsed.has(value!) ? [] : [{ value: value!, count: 0, types: [], ...each }],
    );
    return [name, [...used, ...unused]];
  });
  return Object.fromEntries(lists) as Vocabulary; // @NOTE one list for each of the names
}

const wordsOf = (code: Input): Pick<Word, 'code' | (typeof SAID)[number]> => ({
  code: code.id,
  ...Object.fromEntries(SAID.flatMap((field) => (code[field] === undefined ? [] : [[field, code[field]]]))),
});
