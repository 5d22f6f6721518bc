/**
 * Encodes a set of keys (positive integers) as a short URL-safe text: the gaps between the keys in Golomb-Rice code (Rice and Plaunt, 1971), in
 * base64url. A thousand keys of a million take some 1,900 characters.
 */
export function writeKeySet(keys: readonly number[]): string {
  const sorted = [...new Set(keys)].toSorted((a, b) => a - b);
  const gaps = sorted.map((key, index) => key - (sorted[index - 1] ?? 0) - 1);
  // The low bits of a gap are written as they are, the rest in unary: the number of low bits makes the rest 1 on average.
  const low = Math.max(0, Math.floor(Math.log2((sorted.at(-1) ?? 1) / Math.max(1, sorted.length))));
  const bits = gaps.map(
    (gap) => `${'1'.repeat(Math.floor(gap / 2 ** low))}0${low === 0 ? '' : (gap % 2 ** low).toString(2).padStart(low, '0')}`,
  );
  const text = bits.join('');
  // Ones fill the last byte: a gap without its final zero is not read.
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '1');
  const bytes = Array.from({ length: padded.length / 8 }, (_, index) => Number.parseInt(padded.slice(index * 8, index * 8 + 8), 2));
  return Buffer.from([low, ...bytes]).toString('base64url');
}

/** Decodes a set of keys, ascending. Returns undefined for a text that `writeKeySet` does not write, or one of more than `most` keys. */
export function readKeySet(text: string, most: number): number[] | undefined {
  const [low = LOW_MAX + 1, ...bytes] = Buffer.from(text, 'base64url');
  if (low > LOW_MAX) return undefined;
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const keys: number[] = [];
  let at = 0;
  for (let end = bits.indexOf('0'); end !== -1; end = bits.indexOf('0', at)) {
    if (keys.length === most) return undefined;
    const rest = bits.slice(end + 1, end + 1 + low);
    keys.push((keys.at(-1) ?? 0) + (end - at) * 2 ** low + (low === 0 ? 0 : Number.parseInt(rest, 2)) + 1);
    at = end + 1 + low;
  }
  const last = keys.at(-1) ?? 0;
  return Number.isSafeInteger(last) && writeKeySet(keys) === text ? keys : undefined;
}

/** Maximum number of low bits of a gap between safe integers. */
const LOW_MAX = 53;
