/** A phrase where it stands in a text, with the text on both sides (the names are those of a TextQuoteSelector, W3C Web Annotation). */
export type Quote = { prefix: string; exact: string; suffix: string };

/**
 * A text as phrases are compared: in Normalization Form C, so that canonically equivalent characters are equal (Unicode Standard Annex #15), and with
 * one space for every run of white space.
 */
export const comparable = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ');

/** Returns true if a phrase stands in a text that `comparable` returned. */
export const hasPhrase = (comparableText: string, phrase: string): boolean => comparableText.includes(comparable(phrase));

/** The first place of a phrase in a text, in the characters of the text. Returns nothing where it does not stand in it. */
export function quoteIn(text: string, phrase: string): Quote | undefined {
  const wanted = comparable(phrase);
  const whole = comparable(text);
  const at = whole.indexOf(wanted);
  if (at === -1) return undefined;
  const [start, end] = whole === text ? [at, at + wanted.length] : placeIn(text, at, at + wanted.length);
  return { prefix: text.slice(0, start), exact: text.slice(start, end), suffix: text.slice(end) };
}

/** A character with the marks and the Hangul letters that may be composed with it, or a run of white space: their comparable forms stand side by side. */
const UNITS = /\s+|[^\s][\p{M}\u1160-\u11FF]*/gu;

/** The part of a text whose comparable form has two places; a unit that a place lies in belongs to the part. */
function placeIn(text: string, from: number, to: number): [start: number, end: number] {
  let passed = 0;
  let start = 0;
  for (const { 0: unit, index } of text.matchAll(UNITS)) {
    if (passed <= from) start = index;
    passed += comparable(unit).length;
    if (passed >= to) return [start, index + unit.length];
  }
  return [start, text.length];
}
