import type { Form, Format, Formats, Results } from './format.ts';
import { json } from './json.ts';

/** The output formats. The first encodes every form, and is sent unless a request prefers another. */
export const FORMATS: Formats = [json];

/** The formats that encode a form of result. */
export const formatsOf = (form: Form, formats: Formats = FORMATS): Format[] => formats.filter((format) => format.encode[form]);

/**
 * The format of an answer: of those that encode its form, the one that the header Accept prefers (RFC 9110, section 12.5.1), and the first
 * where it prefers none or accepts none.
 */
export function chooseFormat(accept: string | undefined, form: Form, formats: Formats): Format {
  const [first] = formats;
  if (accept === undefined || formats.length === 1) return first;
  const ranges = accept.toLowerCase().split(',').map(parseRange);
  const preferences = formatsOf(form, formats).map((format) => ({ format, preference: preferenceOf(format.mediaType, ranges) }));
  const [best] = preferences.toSorted((a, b) => b.preference - a.preference);
  return best && best.preference > 0 ? best.format : first;
}

/** A range of media types, and its quality from 0 to 1. */
type MediaRange = { range: string; quality: number };

function parseRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.find((each) => each.startsWith('q='))?.slice(2) ?? '1';
  return { range, quality: Number(quality) || 0 };
}

/** The quality of the most specific range that includes a media type. Of ranges with the same quality the more specific is preferred. */
function preferenceOf(mediaType: string, ranges: readonly MediaRange[]): number {
  const including = [mediaType, mediaType.replace(/\/.*/, '/*'), '*/*'];
  const level = including.findIndex((each) => ranges.some(({ range }) => range === each));
  const { quality = 0 } = ranges.find(({ range }) => range === including[level]) ?? {};
  return quality - level / 10_000; // a quality has three decimals
}

/** The bytes of a result. Throws for a form that the format has no encoder for. */
export function encode<Each extends Form>(format: Format, form: Each, result: Results[Each], generation: string): Buffer {
  return format.encode[form]!(result, generation);
}
