import { expect } from 'vitest';
import { sortKey } from '../../../src/domain/text/sort-key.ts';
import { listEntries } from '../../../src/query/execute/entries.ts';
import { listTimeline } from '../../../src/query/execute/timeline.ts';
import { modelOf } from '../../../src/model/models.ts';
import type { Document } from './documents.ts';
import { type Answer, placeOf, scan } from './naive.ts';
import type { Question } from './questions.ts';
import type { World } from './world.ts';

/** What an item shows, and in which ways its match and the actors through whom it is found may be stated. */
type Expected = { shown: string; stated: string[] };
type Item = { shown: string; stated: string };

/** Walks a list to its end, page by page, and compares items, order, matches and totals with the scan. */
export async function expectAsScanned(world: World, question: Question): Promise<void> {
  const ties = expectedTies(world, question);
  const count = ties.flat().length;
  const limit = Math.min(200, Math.max(1, Math.ceil(count / question.pages)));
  const items = await walk(world, question, String(limit), count);
  let at = 0;
  const found = ties.map((tie) => items.slice(at, (at += tie.length)));
  expect(found.map(shownIn)).toEqual(ties.map(shownIn));
  const otherwise = found.flatMap((tied, index) =>
    tied.filter(({ shown, stated }) => !ties[index]!.some((each) => each.shown === shown && each.stated.includes(stated))),
  );
  expect(otherwise).toEqual([]);
  expect(items).toHaveLength(count);
}

const statedIn = ({ match, via }: { match?: string; via?: readonly string[] }): string => JSON.stringify({ match, via });

/** What stands in a tie, in an order that two can be compared in. */
const shownIn = (tie: readonly { shown: string }[]): string[] => tie.map(({ shown }) => shown).toSorted();

async function walk({ annals }: World, { list, filters }: Question, limit: string, total: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const asked = { ...filters, limit, cursor };
    const page = list === 'timeline' ? await listTimeline(annals.engine, asked) : await listEntries(annals.engine, modelOf[list], asked);
    expect(page.total).toEqual({ total });
    expect(page.items.length).toBeLessThanOrEqual(Number(limit));
    if (page.next !== undefined) expect(page.items).toHaveLength(Number(limit));
    for (const item of page.items) items.push({ shown: item.document.toString('utf8'), stated: statedIn(item) });
    cursor = page.next;
  } while (cursor !== undefined && items.length <= total);
  return items;
}

/** What the list must answer, in order; what ties stands together. */
function expectedTies({ documents }: World, { list, filters }: Question): Expected[][] {
  const answers = list === 'timeline' ? scan(documents, filters) : scan(documents, { ...filters, type: list }, 'record');
  if (list === 'timeline') return inOrder(answers, filters.sort, (answer) => [{ shown: shownMoment(answer), stated: [statedIn(answer)] }]);
  const firsts = new Map<Document, Answer[]>();
  for (const answer of answers.toSorted(compareMoments)) {
    const tied = firsts.get(answer.entry) ?? [];
    if (tied.every((first) => compareMoments(first, answer) === 0)) firsts.set(answer.entry, [...tied, answer]);
  }
  const statedOf = (entry: Document) => firsts.get(entry)!.map(statedIn);
  return inOrder(
    [...firsts.values()].map(([first]) => first!),
    filters.sort,
    ({ entry }) => [{ shown: JSON.stringify(entry), stated: statedOf(entry) }],
  );
}

function inOrder(answers: readonly Answer[], sort: string | undefined, expected: (answer: Answer) => Expected[]): Expected[][] {
  const descending = sort?.startsWith('-') ?? false;
  const keys = answers.map((answer) => ({ key: sortKeyOf(answer, sort), answer }));
  const dated = keys.filter(({ answer }) => sort?.endsWith('date') && answer.bounds);
  const others = keys.filter(({ answer }) => !(sort?.endsWith('date') && answer.bounds));
  const sign = descending ? -1 : 1;
  const sorted = [...dated.toSorted((a, b) => sign * compare(a.key, b.key)), ...others.toSorted((a, b) => sign * compare(a.key, b.key))];
  const ties: Expected[][] = [];
  for (const [index, { key, answer }] of sorted.entries()) {
    if (index > 0 && compare(sorted[index - 1]!.key, key) === 0) ties.at(-1)!.push(...expected(answer));
    else ties.push(expected(answer));
  }
  return ties;
}

type Key = (number | string)[];

/** By what an answer is put in order; by relevance all tie, for what is best only the full text knows. */
function sortKeyOf(answer: Answer, sort: string | undefined): Key {
  if (sort?.endsWith('title')) return [sortKey(answer.entry.title!)];
  if (sort?.endsWith('updated')) return [Date.parse(answer.entry.updatedAt)];
  return sort === 'relevance' ? [] : placeOf(answer);
}

const compareMoments = (a: Answer, b: Answer): number => compare(placeOf(a), placeOf(b));

/** Compares what things are put in order by, value by value. */
export function compare(a: Key, b: Key): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]!;
    if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
    if (left !== right) return left - Number(right);
  }
  return 0;
}

/** A moment as the timeline shows it. */
function shownMoment({ entry, role, date, places }: Answer): string {
  const { type, id, kind, title, status }: Document = entry;
  return JSON.stringify({
    date: date?.edtf === undefined ? undefined : date,
    role,
    places: places.length > 0 ? [...new Set(places)] : undefined,
    entry: { type, id, kind, title, status },
  });
}
