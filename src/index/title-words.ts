import type { EntryType } from '../domain/record-type.ts';
import type { Statement } from '../storage/port.ts';
import { dialect } from '../storage/dialect.ts';
import type { TextMatch } from '../storage/full-text/text-match.ts';
import { MOMENT_MASK } from './position-sql.ts';
import { typeTag } from './search-text.ts';

/** Rows of the full text that are read at most. */
const ROWS_MAX = 60;

/** Words of three and more, of which one may be missing. */
const MISSING_FROM = 3;

/** Reads the keys of some entries of a type whose titles have some folded words; of three words and more, all but one suffice. */
export function entriesTitled(type: EntryType, words: readonly string[]): Statement<[key: number]> {
  const phrases = words.map((word) => ({ words: [word] }));
  const sets = phrases.length < MISSING_FROM ? [phrases] : phrases.map((_, left) => phrases.toSpliced(left, 1));
  const match: TextMatch = { all: [{ inTitle: { any: sets.map((all) => ({ all })) } }, { tag: typeTag(type) }] };
  return {
    sql: `SELECT DISTINCT m.record_id FROM (SELECT ${dialect.textRow('s')} AS position FROM ${dialect.textFrom('s')}
         WHERE ${dialect.textMatches('s', ':match')} LIMIT ${ROWS_MAX}) x CROSS JOIN moments m ON m.id = (x.position & ${MOMENT_MASK})`,
    params: [{ match }],
    offload: true,
  };
}
