import { AnnalsError } from './errors.ts';

/** One thing that must occur: a word, a phrase of several, or the beginning of a word. */
export type Sought = { text: string; prefix: boolean };

/** How many words and phrases a query may have. */
const SOUGHT_MAX = 20;

const PIECE = /"([^"]*)"?(\*?)|([^\s"]+)/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** A quote would end the quoted piece, and NUL the whole expression. */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
const NEVER_QUOTED = /["\u0000]/g;

/**
 * What a text query seeks: words, "phrases", prefix*. Anything else is punctuation, which separates words; no character has any
 * other meaning; typographic quotes are quotes. Throws `invalid-request` for a query without a letter or digit, or with more than 20 words and phrases.
 */
export function parseFullText(query: string): Sought[] {
  const sought: Sought[] = [];
  for (const [, phrase, star, word] of query.replaceAll(/[“”„«»]/g, '"').matchAll(PIECE)) {
    const text = phrase ?? word!.replace(/\*+$/, '');
    if (WORD_CHARACTER.test(text)) sought.push({ text, prefix: phrase === undefined ? word!.endsWith('*') : star === '*' });
  }
  if (sought.length === 0) throw unsearchable(`q="${query.slice(0, 60)}" has no word to look for: give at least one letter or digit`);
  if (sought.length > SOUGHT_MAX) throw unsearchable(`q has ${sought.length} words and phrases: give at most ${SOUGHT_MAX}`);
  return sought;
}

/** Which columns of the full text are looked at: all that hold text, or one. */
export type TextColumns = 'title names body' | 'title' | 'names';

/** The same as an FTS5 expression over some columns. Every piece is quoted, so that nothing in it is FTS5 syntax. */
export function toMatch(sought: readonly Sought[], columns: TextColumns = 'title names body'): string {
  const pieces = sought.map(({ text, prefix }) => `"${text.replaceAll(NEVER_QUOTED, ' ')}"${prefix ? ' *' : ''}`);
  return `{${columns}} : (${pieces.join(' AND ')})`;
}

function unsearchable(message: string): AnnalsError {
  return new AnnalsError('invalid-request', message, [{ parameter: 'q', message }]);
}
