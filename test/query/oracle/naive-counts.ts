import { expect } from 'vitest';
import { isoOfDay } from '../../../src/domain/time/day.ts';
import { timelineCounts } from '../../../src/query/counts/counts.ts';
import { DIMENSIONS } from '../../../src/query/counts/dimensions.ts';
import type { Sum } from '../../../src/query/counts/sums.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import type { Document } from './documents.ts';
import { bucketStart, type Unit } from './naive-histogram.ts';
import { type Answer, scan, windowOf } from './naive.ts';
import type { World } from './world.ts';

const TOGETHER =
  'year,kind actor,decade century,topic month,status decade,type actor,role role,actor kind,topic topic,role actor,source place,moment actor,topic attribute:coded attribute:clarity.a attribute:dyad attribute:seen year,attribute:clarity.a attribute:seen,kind actor,attribute:dyad attribute:none'.split(
    ' ',
  );

/** The groupings that are asked: each dimension alone, some with a unit of time, and some two of a kind. */
export const GROUPINGS: readonly string[] = [...DIMENSIONS.map(({ name }) => name), ...TOGETHER];

const UNITS: ReadonlySet<string> = new Set(['century', 'decade', 'year', 'month']);

/** The beginning of a dimension that is an attribute. */
const ATTRIBUTE = 'attribute:';

/** A group: the first day of its bucket, its values, and its numbers. */
type Group = { start: string | undefined; values: string[]; moments: number; entries: number | undefined; sums?: Sum[] | undefined };

/** How counts are asked for: the label of figures to sum, and how many moments are read and values counted at most. */
type Options = { sum?: string | undefined; most?: number | undefined; mostValues?: number };

/** Compares the counts by a grouping, walked page by page, with counting over the scan of all records. */
export async function expectCounts(world: World, by: string, asked: EntryFilters, { sum, most, mostValues }: Options = {}): Promise<void> {
  const { sort: _sort, ...filters } = asked;
  const dimensions = dimensionsOf(by);
  const counted = counts(world, dimensions, filters, sum);
  const groups: Group[] = [];
  let cursor: string | undefined;
  do {
    const page = await timelineCounts(world.annals.engine, { ...filters, by, sum, limit: '40', cursor }, most, mostValues);
    expect([page.total, page.groups, page.before]).toEqual([counted.total, counted.groups.length, counted.before]);
    expect(page.sums).toEqual(counted.sums);
    if (page.without !== undefined || most === undefined) expect(page.without).toBe(counted.without);
    groups.push(...page.items.map((item) => groupOf(item, dimensions)));
    cursor = page.next;
  } while (cursor !== undefined);
  if (most === undefined || groups.some(({ entries }) => entries !== undefined)) expect(groups).toEqual(counted.groups);
  else expect(groups).toEqual(counted.groups.map((group) => ({ ...group, entries: undefined })));
}

/** Dimensions: a unit of time, and others. An actor and its role are counted as one value. */
type Dimensions = { unit: Unit | undefined; others: readonly string[]; isJoint: boolean };

function dimensionsOf(by: string): Dimensions {
  const names = by.split(',');
  const isJoint = names.includes('actor') && names.includes('role');
  const unit = names.find((each) => UNITS.has(each)) as Unit | undefined; // @NOTE one of the units
  return { unit, others: isJoint ? ['actor', 'role'] : names.filter((each) => each !== unit), isJoint };
}

/** Groups in order: by time, most moments first, then by their values. */
function counts(world: World, { unit, others, isJoint }: Dimensions, filters: EntryFilters, label: string | undefined) {
  const window = windowOf(filters);
  const found = new Map<string, { day: number; values: string[]; moments: number; entries: Set<Document> }>();
  let [before, without] = [0, 0];
  const answers = scan(world.documents, filters);
  for (const moment of answers) {
    const day = unit === undefined ? 0 : bucketStart(moment, window, unit);
    const combinations = isJoint ? participationsOf(moment) : combined(others.map((name) => valuesOf(moment, name)));
    if (day === 'before') before += 1;
    else if (day === undefined || combinations.length === 0) without += 1;
    else
      for (const values of combinations) {
        const key = JSON.stringify([day, values]);
        const group = found.get(key) ?? { day, values, moments: 0, entries: new Set() };
        found.set(key, { ...group, moments: group.moments + 1, entries: group.entries.add(moment.entry) });
      }
  }
  const keyOf = (values: readonly string[]): string => values.join(isJoint ? '/' : '\u0001');
  const groups = [...found.values()]
    .toSorted((a, b) => a.day - b.day || b.moments - a.moments || (keyOf(a.values) < keyOf(b.values) ? -1 : 1))
    .map(
      ({ day, values, moments, entries }): Group => ({
        start: unit === undefined ? undefined : isoOfDay(day),
        values,
        moments,
        entries: entries.size,
        sums: sumsOf(entries, label),
      }),
    );
  const hasBefore = unit !== undefined && window.from !== undefined;
  const sums = sumsOf(new Set(answers.map(({ entry }) => entry)), label);
  return { total: answers.length, groups, before: hasBefore ? before : undefined, without, sums };
}

/** The sums by unit of the figures of a label, which are stated in tenths. */
function sumsOf(entries: ReadonlySet<Document>, label: string | undefined): Sum[] | undefined {
  if (label === undefined) return undefined;
  const figures = [...entries].flatMap((entry) => entry.figures ?? []).filter((each) => each.label.toLowerCase() === label);
  const units = [...new Set(figures.map(({ unit }) => unit))].toSorted();
  return units.map((unit) => {
    const ofUnit = figures.filter((each) => each.unit === unit);
    const values = ofUnit.flatMap(({ value }) => value ?? []);
    return {
      unit,
      ...(values.length > 0 && { value: added(values) }),
      low: added(ofUnit.map(({ value, low = value! }) => low)),
      high: added(ofUnit.map(({ value, high = value! }) => high)),
      figures: ofUnit.length,
    };
  });
}

const added = (tenths: readonly number[]): number => tenths.reduce((total, each) => total + Math.round(each * 10), 0) / 10;

/** The values of a moment by a dimension. */
function valuesOf({ entry, role, places, participants }: Answer, dimension: string): string[] {
  const values: Record<string, (string | undefined)[]> = {
    type: [entry.type],
    kind: [entry.kind],
    status: [entry.status],
    moment: [role],
    topic: entry.topics ?? [],
    role: participants.map((each) => each.role),
    actor: participants.flatMap(({ actor, onBehalfOf }) => [actor, onBehalfOf]),
    place: places,
    source: entry.citations?.map(({ source }) => source) ?? [],
  };
  const ofAttribute = [entry.attributes?.[dimension.replace(ATTRIBUTE, '')] ?? []].flat().map(String);
  const ofDimension = dimension.startsWith(ATTRIBUTE) ? ofAttribute : values[dimension]!;
  return [...new Set(ofDimension.filter((value) => value !== undefined))];
}

/** Actors with the roles in which they take part, or another does for them. */
function participationsOf({ participants }: Answer): string[][] {
  const all = participants.flatMap(({ actor, onBehalfOf, role }) =>
    [actor, onBehalfOf].flatMap((each) => (each === undefined ? [] : [`${each} ${role}`])),
  );
  return [...new Set(all)].map((each) => each.split(' '));
}

/** Every choice of one value of each list. */
const combined = (lists: readonly string[][]): string[][] =>
  lists.reduce<string[][]>((chosen, values) => chosen.flatMap((each) => values.map((value) => [...each, value])), [[]]);

function groupOf(item: Record<string, unknown>, { others }: Dimensions): Group {
  const { time, moments, entries, sums, attribute } = item as Item; // @NOTE as the schema has it
  const values = others.map((name) => {
    if (name.startsWith(ATTRIBUTE)) return attribute!.value;
    const value = item[name] as string | { id: string }; // @NOTE as the schema has it
    return typeof value === 'string' ? value : value.id;
  });
  return { start: time?.start, values, moments, entries, sums };
}

/** The fields of an item that are compared, besides those of its dimensions. */
type Item = { time?: { start: string }; moments: number; entries?: number; sums?: Sum[]; attribute?: { value: string } };

/** Returns true for a grouping that is counted without reading the moments: by one field, by time alone, or by both where there is no window. */
export function isCountedByTerms(by: string, { from, to, on, undated }: EntryFilters): boolean {
  const { unit, others, isJoint } = dimensionsOf(by);
  const hasWindow = (from ?? to ?? on) !== undefined;
  if (unit === undefined) return others.length === 1 || isJoint;
  return undated !== 'true' && (others.length === 0 || (others.length === 1 && !hasWindow));
}
