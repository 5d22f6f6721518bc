import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import { repeatedNames } from '../domain/json/json-names.ts';
import { isObject, type JsonObject, shown, valueAt } from '../domain/json/json.ts';
import { nearest } from '../domain/text/nearest.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { SLUG, slugOf } from '../domain/text/slug.ts';
import { withTodaysFields } from '../model/former-names.ts';
import { modelOf } from '../model/models.ts';
import type { RecordModel } from '../model/record-model.ts';
import { idMadeOf } from '../model/addresses.ts';
import { type ValidatedRecord, validate } from '../model/record.ts';
import { type FiledName, filedNames } from '../model/record-names.ts';
import { type LineText, readLineText } from './texts/line-text.ts';

/** A file of NDJSON as it is read, and the name that faults call it by. */
export type NamedFile = { name: string; bytes: AsyncIterable<Buffer> };

/** Number of bytes that are read at once. */
const CHUNK = 2 ** 20;

/** A file by its path; it is opened when it is read. */
export function fileAt(path: string): NamedFile {
  return { name: basename(path), bytes: chunksAt(path) };
}

/** The NDJSON files of a folder, by name. */
export async function filesIn(folder: string): Promise<NamedFile[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .toSorted()
    .map((name) => fileAt(join(folder, name)));
}

async function* chunksAt(path: string): AsyncGenerator<Buffer> {
  // @NOTE a stream without an encoding gives Buffers
  yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
}

/** One line of a file, counted from 1: its text, or the fault for which it has none and its beginning. */
export type Line = { number: number; text: string } | { number: number; fault: string; beginning: string };

/** Longest line that is read, in bytes. */
export const LINE_MAX = 16 * 2 ** 20;

/** Number of bytes that are kept of a line without a text, to show how it begins. */
const BEGINNING = 400;

const NEWLINE = 10;

/** Tab, carriage return, space. */
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 13 || byte === 9;

const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * Lines of a file, one iterable for each chunk of its bytes, cut as they are taken; blank lines are counted and left out. A line that is too
 * long is never held in memory as a whole.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Iterable<Line>> {
  let number = 0;
  // The bytes after the last newline wait for the next chunk.
  let parts: Buffer[] = [];
  let length = 0;

  function keep(part: Buffer): void {
    const isTooLong = length > LINE_MAX;
    length += part.length;
    if (isTooLong) return;
    parts.push(part);
    if (length > LINE_MAX) parts = [beginningOf(parts)];
  }

  function finish(): Line {
    number += 1;
    const line =
      length > LINE_MAX
        ? unreadable(number, `is longer than ${LINE_MAX / 2 ** 20} MiB: it has ${length.toLocaleString('en')} bytes`, parts)
        : decoded(number, parts);
    parts = [];
    length = 0;
    return line;
  }

  /** Counts the blank lines that begin at a place of a chunk, and returns where the next line begins. */
  function skipBlank(chunk: Buffer, from: number): number {
    let start = from;
    for (let at = from; ; at += 1) {
      if (chunk[at] === NEWLINE) {
        number += 1;
        start = at + 1;
      } else if (!isSpace(chunk[at])) return start;
    }
  }

  function* linesIn(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (;;) {
      if (length === 0) from = skipBlank(chunk, from);
      const at = chunk.indexOf(NEWLINE, from);
      if (at === -1) break;
      keep(chunk.subarray(from, at));
      yield finish();
      from = at + 1;
    }
    // An empty part would keep all of its chunk in memory.
    if (from < chunk.length) keep(chunk.subarray(from));
  }

  for await (const chunk of chunks) yield linesIn(chunk);
  if (length > 0) yield [finish()];
}

function decoded(number: number, parts: Buffer[]): Line {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (!isUtf8(bytes)) return unreadable(number, 'is not UTF-8', parts);
  const text = bytes.toString('utf8');
  return { number, text: number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text };
}

/** A line without a text. Bytes that are not UTF-8 are shown as U+FFFD. */
const unreadable = (number: number, fault: string, parts: readonly Buffer[]): Line => ({
  number,
  fault,
  beginning: beginningOf(parts).toString('utf8'),
});

/** A copy of the first bytes of a line, at most `BEGINNING`. */
function beginningOf(parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat(parts, Math.min(BEGINNING, length));
}

/** A record with its references as they are written. */
export type ParsedRecord = { type: RecordType; input: ValidatedRecord };

/** A line that is right in itself. Where it states no id, the id in `input` is made from the title, and another record may have it. */
export type AcceptedLine = ParsedRecord & { statesId: boolean; text?: LineText };

/** A line that is wrong in itself. It keeps its id and names, as far as they can be read, so that references to it are not reported too. */
export type RejectedLine = { issues: Issue[]; type?: RecordType; id?: string; lookups?: FiledName[]; statesId?: boolean };

/** Longest value that a fault shows, in characters. */
export const SENT_MAX = 100;

/** Checks a line without the database. Returns undefined for a blank line. */
export function readLine(line: Line): AcceptedLine | RejectedLine | undefined {
  if ('fault' in line) return { issues: [{ message: line.fault, sent: shown(line.beginning, SENT_MAX) }] };
  if (line.text.trim() === '') return undefined;
  const body = parsed(line.text);
  if (typeof body === 'string') return { issues: [{ message: body, sent: shown(line.text, SENT_MAX) }] };
  const repeated = repeatedNames(line.text).map((issue) => withSentValue(issue, body));
  const type = RECORD_TYPES.find((known) => known === body['type']);
  if (repeated.length > 0) return { issues: repeated, ...(type && identityIn(modelOf[type], body)) };
  if (type === undefined) return { issues: [withSentValue(unknownType(body['type']), body)] };
  const { record, text, issues } = type === 'source' && 'text' in body ? readLineText(body) : { record: body, issues: [] };
  // Exports of earlier releases are read.
  const { input, wrong } = validated(modelOf[type], withTodaysFields(modelOf[type], record));
  const found = [...issues, ...wrong];
  if (input && found.length === 0)
    return { type, input, statesId: modelOf[type].idFields !== undefined || body['id'] !== undefined, ...(text !== undefined && { text }) };
  return { issues: found.map((issue) => withSentValue(issue, body)), ...identityIn(modelOf[type], body) };
}

/** The record of a line, or what is wrong with it. */
function validated(model: RecordModel, record: JsonObject): { input?: ValidatedRecord; wrong: readonly Issue[] } {
  try {
    return { input: validate(model, record), wrong: [] };
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    return { wrong: error.issues.length > 0 ? error.issues : [{ message: error.message }] };
  }
}

/** An issue with the value that stands at its place in a record; without a place or a value it stays as it is. */
export function withSentValue(issue: Issue, record: unknown): Issue {
  const value = issue.pointer === undefined ? undefined : valueAt(record, issue.pointer);
  return value === undefined ? issue : { ...issue, sent: shown(value, SENT_MAX) };
}

/** The object that a line holds, or the reason why it holds none. */
function parsed(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'is not a JSON object: write one record per line';
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : ''}`;
  }
}

/** The type, id and name of a rejected line, as far as they can be read. */
function identityIn(model: RecordModel, body: JsonObject): Omit<RejectedLine, 'issues'> {
  const title = body[model.titleField];
  const named = typeof title === 'string' && title.trim() !== '' ? title : undefined;
  const given = body['id'];
  const made = model.idFields?.every((field) => typeof body[field] === 'string') ? idMadeOf(model, body) : undefined;
  const id =
    made ?? (typeof given === 'string' && SLUG.test(given) ? given : named && slugOf(named, { kind: body['kind'], type: model.type }));
  if (id === undefined) return {};
  const lookups = named === undefined ? [] : filedNames(model, { [model.titleField]: named });
  return { type: model.type, id, lookups, statesId: made !== undefined || id === given };
}

function unknownType(given: unknown): Issue {
  const pointer = '/type';
  if (given === undefined) return { pointer, message: `is required: give one of ${RECORD_TYPES.join(', ')}` };
  const didYouMean = typeof given === 'string' ? nearest(given, RECORD_TYPES) : [];
  return { pointer, message: `give one of ${RECORD_TYPES.join(', ')}`, ...(didYouMean.length > 0 && { didYouMean }) };
}
