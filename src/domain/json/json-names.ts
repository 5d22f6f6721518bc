import type { Issue } from '../errors.ts';
import { DEPTH_MAX, escapePointer } from './json.ts';

/** The number of repeated names that are reported at most. */
const REPORTED = 20;

/** The characters at which the scan stops; every other one outside a string is skipped. */
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = { list: 0x5b, object: 0x7b };
const CLOSE = { list: 0x5d, object: 0x7d };

/** An object or list that is not closed yet. `at` is the name or the index of the member that is read; a list has no `names`. */
type Level = { at: string | number; names?: FieldNames };

/** The names of an object so far. Most objects have few, for which a list is faster than a set. */
type FieldNames = { few: string[]; many?: Set<string> };

const FEW = 8;

/**
 * Finds the names that an object has more than once, at any depth, one issue per repetition, at most 20. `JSON.parse` keeps the last value of
 * such a name and drops the others, while other programs keep the first; RFC 7493 (I-JSON), section 2.3, forbids it. Names are compared as
 * they are after unescaping. `text` must be JSON that `JSON.parse` accepts. Stops where it nests deeper than `DEPTH_MAX`, which `issuesOfJson`
 * refuses. Takes linear time, and does not recurse.
 */
export function repeatedNames(text: string): Issue[] {
  const issues: Issue[] = [];
  const levels: Level[] = [];
  let level: Level | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (level?.names && isName(text, end)) {
        level.at = nameIn(text, at, end);
        if (!addName(level.names, level.at) && issues.push(repeated(levels)) === REPORTED) return issues;
      }
      at = end - 1;
    } else if (code === OPEN.object || code === OPEN.list) {
      level = code === OPEN.object ? { at: '', names: { few: [] } } : { at: 0 };
      if (levels.push(level) > DEPTH_MAX) return issues;
    } else if (code === CLOSE.object || code === CLOSE.list) {
      levels.pop();
      level = levels.at(-1);
    } else if (code === COMMA && typeof level?.at === 'number') level.at += 1;
  }
  return issues;
}

/** The place behind the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end + 1;
  }
}

/** Returns true if a colon follows: then the string before `end` is the name of a member. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}

function nameIn(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end))) : raw;
}

/** Adds a name, and tells whether it is new. */
function addName(names: FieldNames, name: string): boolean {
  if (names.many ? names.many.has(name) : names.few.includes(name)) return false;
  if (names.many) names.many.add(name);
  else if (names.few.push(name) > FEW) names.many = new Set(names.few);
  return true;
}

function repeated(levels: readonly Level[]): Issue {
  const pointer = levels.map(({ at }) => `/${escapePointer(String(at))}`).join('');
  return { pointer, message: 'is given more than once in the same object: give each field once' };
}
