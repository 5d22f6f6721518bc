import type { Bucket, Histogram } from '../api/answers.ts';
import { apiAddress, getJson } from '../api/api.ts';
import { dayFromIso, type Span, type Unit, widened, writtenSpan } from '../base/span.ts';

/** The counts under some filters: by `unit`, or over a part of time. */
async function ask(filters: URLSearchParams, unit: Unit, part?: Span, signal?: AbortSignal): Promise<Histogram> {
  const parameters = new URLSearchParams([['by', unit], ...filters]);
  if (part) for (const [name, value] of Object.entries(writtenSpan(widened(part, unit), unit))) parameters.set(name, value);
  return getJson<Histogram>(apiAddress('v1/timeline/histogram', parameters), signal);
}

/** The days a bucket covers. */
export function spanOfBucket({ start, end }: Bucket): Span {
  return { from: dayFromIso(start), to: dayFromIso(end) };
}

/** The span that all moments under some filters cover, and the number of those without a date. */
export type Extent = { span: Span | undefined; undated: number };

const extents = new Map<string, Extent>();

const MANY = 730_000; // days, beyond which single years would be more buckets than the API gives

/** The extent under these filters, in whole years unless it is some thousands of them; remembered until the page is loaded anew. */
export async function extentOf(filters: URLSearchParams, signal?: AbortSignal): Promise<Extent> {
  const key = filters.toString();
  const remembered = extents.get(key);
  if (remembered) return remembered;
  const coarse = await ask(filters, 'decade', undefined, signal);
  const { from, to } = covered(coarse.buckets);
  const { buckets } = to - from < MANY ? await ask(filters, 'year', undefined, signal) : coarse;
  const used = buckets.filter(({ count }) => count > 0);
  const extent = { span: used.length > 0 ? covered(used) : undefined, undated: coarse.undated ?? coarse.undatedAtLeast ?? 0 };
  extents.set(key, extent);
  return extent;
}

/** The buckets to draw for a span: also those of one width to each side, so that there is something to see while it is dragged. */
export async function bucketsAround(
  filters: URLSearchParams,
  unit: Unit,
  span: Span,
  limits: Span,
  signal?: AbortSignal,
): Promise<Bucket[]> {
  const width = span.to - span.from;
  const part = { from: Math.max(span.from - width, limits.from), to: Math.min(span.to + width, limits.to) };
  return (await ask(filters, unit, part, signal)).buckets;
}

function covered(buckets: Bucket[]): Span {
  const spans = buckets.map(spanOfBucket);
  return {
    from: spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}
