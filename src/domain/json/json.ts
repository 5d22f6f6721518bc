import type { Issue } from '../errors.ts';
import { firstUnits, shortened } from '../text/first-units.ts';

/** A JSON object as parsed. */
export type JsonObject = Record<string, unknown>;

/** Returns true for a value that JSON calls an object: no list, and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON text of a list of integers, or of lists of them, also of integers beyond 2^53. */
export const integersJson = (values: readonly (number | bigint | readonly (number | bigint)[])[]): string =>
  `[${values.map((value) => (typeof value === 'object' ? `[${value.join(',')}]` : value)).join(',')}]`;

/** Number of levels that arrays and objects may nest. */
export const DEPTH_MAX = 32;

/** Control characters that no text may hold; tab and newline may stand in prose. */
// oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

/** A value on the way through, and where it stands; pointers are made for those only with which something is wrong. */
type Step = { value: unknown; key: string; depth: number; owner?: Step };

/**
 * Issues of a parsed JSON value before any schema is asked: nesting deeper than `DEPTH_MAX`, control characters, lone
 * surrogates, numbers beyond 2^53. Iterative, so that depth cannot exhaust the stack; stops at 20 issues.
 */
export function issuesOfJson(root: unknown): Issue[] {
  const issues: Issue[] = [];
  const open: Step[] = [{ value: root, key: '', depth: 0 }];
  for (let step = open.pop(); step && issues.length < 20; step = open.pop()) {
    const { value, depth } = step;
    if (typeof value === 'string') pushTextIssue(value, step, issues);
    else if (typeof value === 'number') pushNumberIssue(value, step, issues);
    else if (typeof value === 'object' && value !== null) {
      if (depth >= DEPTH_MAX) return [{ pointer: pointerTo(step), message: `nests deeper than ${DEPTH_MAX} levels` }];
      for (const [key, child] of Object.entries(value)) {
        if (!Array.isArray(value)) pushTextIssue(key, step, issues);
        open.push({ value: child, key, depth: depth + 1, owner: step });
      }
    }
  }
  return issues;
}

function pointerTo(step: Step): string {
  const path: string[] = [];
  for (let { key, owner }: Step = step; owner; { key, owner } = owner) path.unshift(`/${escapePointer(key)}`);
  return path.join('');
}

/** One step of an RFC 6901 JSON pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Returns the fault of a text that holds a control character or half of a surrogate pair, and undefined for any other. */
export function textIssue(text: string): string | undefined {
  const control = CONTROL.exec(text);
  if (control) return `holds the control character U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}: leave it out`;
  return text.isWellFormed() ? undefined : 'holds half of a surrogate pair: send well-formed Unicode';
}

function pushTextIssue(text: string, step: Step, issues: Issue[]): void {
  const message = textIssue(text);
  if (message !== undefined) issues.push({ pointer: pointerTo(step), message });
}

function pushNumberIssue(value: number, step: Step, issues: Issue[]): void {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    issues.push({ pointer: pointerTo(step), message: 'is beyond 2^53 and would lose digits: send a smaller number' });
}

/**
 * The JSON text of a value, cut after `max` characters with an ellipsis in the place of the rest. Stops where it is cut, so that neither a
 * long nor a deep value costs more than `max` characters.
 */
export function shown(value: unknown, max: number): string {
  const parts: string[] = [];
  let length = 0;
  const put = (part: string): boolean => {
    parts.push(part);
    length += part.length;
    return length <= max;
  };
  show(value, max, put);
  return shortened(parts.join(''), max);
}

/** Puts a value piece by piece until one is refused, and returns whether all were taken. */
function show(value: unknown, max: number, put: (part: string) => boolean): boolean {
  if (typeof value === 'string') return put(JSON.stringify(firstUnits(value, max + 2)));
  if (typeof value !== 'object' || value === null) return put(JSON.stringify(value) ?? 'null');
  const isList = Array.isArray(value);
  if (!put(isList ? '[' : '{')) return false;
  let separator = '';
  for (const [key, child] of Object.entries(value)) {
    if (!put(isList ? separator : `${separator}${JSON.stringify(firstUnits(key, max + 2))}:`) || !show(child, max, put)) return false;
    separator = ',';
  }
  return put(isList ? ']' : '}');
}

/** The value to which a JSON pointer (RFC 6901) points; undefined where there is none. */
export function valueAt(root: unknown, pointer: string): unknown {
  let at = root;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key]; // @NOTE it has that key
  }
  return at;
}
