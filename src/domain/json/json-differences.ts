import { escapePointer, isObject, type JsonObject } from './json.ts';

/** One part of a record that differs: `field` is a JSON pointer (RFC 6901); `from` or `to` is absent where only the other record has the part. */
export type Difference = { field: string; from?: unknown; to?: unknown };

/**
 * Differences between two records as clients write them, field by field. Items of lists are compared as a set: an item that moved is no
 * difference of its own, and a list of which only the order differs is one difference. Returns nothing for equal records.
 */
export function differences(before: JsonObject, after: JsonObject): Difference[] {
  return inObjects(before, after, '');
}

function inObjects(before: JsonObject, after: JsonObject, pointer: string): Difference[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) => inValues(before[field], after[field], `${pointer}/${escapePointer(field)}`));
}

function inValues(from: unknown, to: unknown, field: string): Difference[] {
  if (isObject(from) && isObject(to)) return inObjects(from, to, field);
  if (Array.isArray(from) && Array.isArray(to)) return inLists(from, to, field);
  if (canonical(from) === canonical(to)) return [];
  return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/** Items that only one list has; two at the same place are one item that changed. */
function inLists(from: unknown[], to: unknown[], field: string): Difference[] {
  const [removed, added] = [itemsOnlyIn(from, to), itemsOnlyIn(to, from)];
  if (removed.size + added.size === 0) return canonical(from) === canonical(to) ? [] : [{ field, from, to }];
  const places = [...new Set([...removed.keys(), ...added.keys()])].toSorted((a, b) => a - b);
  return places.flatMap((place) => inValues(removed.get(place), added.get(place), `${field}/${place}`));
}

/** Items of a list, by their places, that another list has not, or not as often. */
function itemsOnlyIn(list: unknown[], other: unknown[]): Map<number, unknown> {
  const counts = new Map<string, number>();
  for (const item of other) {
    const text = canonical(item);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const only = new Map<number, unknown>();
  for (const [place, item] of list.entries()) {
    const text = canonical(item);
    const left = counts.get(text) ?? 0;
    if (left === 0) only.set(place, item);
    else counts.set(text, left - 1);
  }
  return only;
}

/** JSON text of a value that does not depend on the order of fields. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => (isObject(each) ? Object.fromEntries(Object.entries(each).toSorted(byName)) : each)) ?? ''
  );
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
