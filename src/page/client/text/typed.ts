import { fold } from '../../../domain/text/fold.ts';

/** Letters and digits of a word, with the vowel signs and apostrophes between them. */
const WORD_AT_END = /[\p{L}\p{N}\p{M}]+(?:['\u2019][\p{L}\p{N}\p{M}]+)*$/u;

/** Scripts without spaces, where one character is a word or most of one. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Reports whether a text is long enough to be asked for as a beginning: two letters or digits, or one of a script without spaces. */
export function isLongEnough(text: string): boolean {
  const characters = fold(text).match(/[\p{L}\p{N}]/gu) ?? [];
  return characters.length > 1 || DENSE.test(text);
}

/** The word at the end of a text, which is still being typed; empty after a space or a sign. */
export function wordBeingTyped(text: string): string {
  return WORD_AT_END.exec(text)?.[0] ?? '';
}

/** The text with the completed word, and a space, in place of the word being typed. */
export function completed(text: string, word: string): string {
  return `${text.slice(0, text.length - wordBeingTyped(text).length)}${word} `;
}

/**
 * The query for words that are still being typed: the last word, or the last of an open phrase, is taken as a beginning. A last word that is too short,
 * excluded, or an operator, is left out until it is followed by another.
 */
export function askedWhileTyping(text: string): string {
  const typed = text.replaceAll(/[“”„«»]/g, '"').trimStart();
  const quotes = typed.split('"').length - 1;
  if (quotes % 2 === 1) return askedOfPhrase(typed, typed.lastIndexOf('"'));
  const asked = typed.trimEnd();
  const [, before = '', last = ''] = /^(.*?)(\S*)$/su.exec(asked) ?? [];
  if (last === 'OR') return withoutOperator(before);
  if (asked !== typed || /["*]$/.test(last)) return asked;
  if (last.startsWith('-') || !isLongEnough(last)) return withoutOperator(before);
  return wordBeingTyped(asked) === '' ? asked : `${asked}*`;
}

function askedOfPhrase(typed: string, quote: number): string {
  const phrase = typed.slice(quote + 1).trim();
  const before = withoutOperator(typed.slice(0, quote).replace(/-$/, ''));
  if (typed.slice(0, quote).endsWith('-') || !isLongEnough(phrase)) return before;
  return `${typed.trimEnd()}"${wordBeingTyped(typed) === '' ? '' : '*'}`;
}

function withoutOperator(text: string): string {
  return text.replace(/(?:^|\s)OR\s*$/, '').trim();
}

/** The query for names that have words with all of the typed beginnings; empty where too little is typed. Signs of the query language are spaces in it. */
export function askedOfNames(text: string): string {
  const words = text
    .toLowerCase()
    .split(/[\s"“”„«»*,;!?()]+/u)
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, ''))
    .filter(Boolean);
  return isLongEnough(words.join('')) ? `${words.join(' ')}*` : '';
}

/** The query with another word in the place of one of its words; the other word alone where that is not one of them. */
export function withWordReplaced(q: string, word: string, other: string): string {
  const literal = word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  const found = new RegExp(String.raw`(?<![\p{L}\p{N}\p{M}])${literal}(?![\p{L}\p{N}\p{M}])`, 'iu');
  return found.test(q) ? q.replace(found, () => other) : other;
}

/** The query with its last word as a beginning; undefined where the last word is in quotes, excluded, too short, or a beginning already. */
export function asBeginning(q: string): string | undefined {
  const asked = askedWhileTyping(q.trim());
  return asked === `${q.trim()}*` ? asked : undefined;
}
