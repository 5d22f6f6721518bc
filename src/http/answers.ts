import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Match } from '../domain/time/window.ts';
import type { Page } from '../model/page.ts';
import { addressOf } from './requests/route.ts';

/** The content type of every answer in JSON but problems. */
export const JSON_TYPE = 'application/json; charset=utf-8';
const COMMA = Buffer.from(',');

/** Fields as the bytes of a JSON object; Buffers in it are JSON bytes already. */
export function toJson(fields: Record<string, unknown>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    parts.push(Buffer.from(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), valueBytes(value));
  }
  return Buffer.concat([...(parts.length === 0 ? [Buffer.from('{')] : parts), Buffer.from('}')]);
}

function valueBytes(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (Array.isArray(value) && value.some((each) => Buffer.isBuffer(each))) return joined(value.map(valueBytes));
  return Buffer.from(JSON.stringify(value));
}

const ITEMS = Buffer.from('{"items":[');
const END_OF_ITEMS = Buffer.from('],');

/** A list as it is sent: the stored bytes of its items, joined. They are most of it, and copied once. */
export function listJson(page: Page): Buffer {
  const included =
    page.included && toJson(Object.fromEntries(Object.entries(page.included).map(([name, documents]) => [name, joined(documents)])));
  const rest = toJson({ next: page.next, ...page.total, ranked: page.ranked, included, query: page.understood });
  const parts: Buffer[] = [ITEMS];
  page.items.forEach(({ document, match }, index) => {
    if (index > 0) parts.push(COMMA);
    // Its `match` is the last field of an item.
    if (match) parts.push(document.subarray(0, -1), MATCH_BYTES[match]);
    else parts.push(document);
  });
  return Buffer.concat([...parts, END_OF_ITEMS, rest.subarray(1)]);
}

/** An array of JSON bytes as JSON bytes. */
export function joined(items: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('[')];
  items.forEach((item, index) => {
    if (index > 0) parts.push(COMMA);
    parts.push(item);
  });
  parts.push(Buffer.from(']'));
  return Buffer.concat(parts);
}

const MATCH_BYTES: Record<Match, Buffer> = { certain: Buffer.from(',"match":"certain"}'), possible: Buffer.from(',"match":"possible"}') };

/** Sets the header Link to the next page, if there is one: RFC 8288. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, next: string | undefined, parameter = 'cursor'): void {
  if (next !== undefined) reply.header('link', `<${addressOf(request, { query: { [parameter]: next } })}>; rel="next"`);
}
