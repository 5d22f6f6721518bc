/** Made when it is first needed: its dictionaries take some milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** The segments of a text between the boundaries of words (UAX #29), which ICU finds by dictionaries where a script has no spaces. */
export function segmentsOf(text: string): Intl.SegmentData[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  return Array.from(segmenter.segment(text));
}
