/** Longest text that is stored, in bytes: as JSON, which may double it, it is a field of one line of an import. */
export const TEXT_MAX = 7 * 2 ** 20;

/** Most paragraphs of a text. */
export const PARAGRAPHS_MAX = 1_000_000;

/**
 * The paragraphs of a text, in order: its lines without the white space around them, those that are then empty left out. A citation's
 * `paragraph` counts them from 1.
 */
export function paragraphsOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
