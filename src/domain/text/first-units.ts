const HIGH_SURROGATE_AT_END = /[\uD800-\uDBFF]$/;

/**
 * The first `most` UTF-16 code units of a text; one less where the cut would leave half of a surrogate pair, which no UTF-8 can hold
 * (Unicode 15, section 3.9, D92). Every text that is cut and then stored, compared or sent is cut here.
 */
export function firstUnits(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, most).replace(HIGH_SURROGATE_AT_END, '');
}

/** Returns a text of at most `max` UTF-16 units as it is, and a longer one cut as `firstUnits` does, with an ellipsis in the place of the rest. */
export const shortened = (text: string, max: number): string => (text.length <= max ? text : `${firstUnits(text, max)}…`);
