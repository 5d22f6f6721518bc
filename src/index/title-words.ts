import type { EntryType } from '../domain/record-type.ts';
import { type Statement, statement } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { MOMENT_MASK } from './position-sql.ts';
import { typeTag } from './search-text.ts';

const { fullText } = dialect;

/** Rows of the full text that are read at most. */
const ROWS_MAX = 60;

/** Words of three and more, of which one may be missing. */
const MISSING_FROM = 3;

/** Reads the keys of some entries of a type whose titles have some folded words; of three words and more, all but one suffice. */
export function entriesTitled(type: EntryType, words: readonly string[]): Statement<[key: number]> {
  const all = words.map((word) => `"${word}"`);
  const sets = all.length < MISSING_FROM ? [all] : all.map((_, left) => all.filter((__, index) => index !== left));
  const titles = sets.map((set) => `(${set.join(' AND ')})`).join(' OR ');
  return {
    ...statement(
      `SELECT DISTINCT m.record_id FROM (SELECT ${fullText.row('s')} AS position FROM ${fullText.from('s')}
         WHERE ${fullText.matches('s', '?')} LIMIT ${ROWS_MAX}) x CROSS JOIN moments m ON m.id = x.position & ${MOMENT_MASK}`,
      `title : (${titles}) AND ${typeTag(type)}`,
    ),
    offload: true,
  };
}
