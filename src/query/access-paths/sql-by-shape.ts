/** How many texts are kept: filters choose among a few hundred shapes. */
const KEPT_MAX = 1000;

/**
 * Makes the SQL of each shape once. Statements are found by their text, and one made anew has to be hashed anew: of a merge of all
 * levels, that takes as long as some of its rows.
 */
export function textsByShape(): (shape: string, make: () => string) => string {
  const texts = new Map<string, string>();
  return (shape, make) => {
    const known = texts.get(shape);
    if (known !== undefined) return known;
    if (texts.size >= KEPT_MAX) texts.clear();
    const made = make();
    texts.set(shape, made);
    return made;
  };
}
