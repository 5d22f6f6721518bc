import { expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';

/** Texts as long as they may be. PostgreSQL keeps 16,383 places and 255 of one word in a vector of less than a MiB: the words beyond must count as well. */

const service = sharedApp({ BODY_LIMIT: '10000000' });

/** The longest text that is stored, in bytes. */
const LONGEST = 7 * 2 ** 20;

/** Makes a source with a text. */
async function storeText(id: string, text: string): Promise<void> {
  await make('sources', { id, kind: 'report', title: 'A report' });
  const { status, text: answer } = await service.ask({
    method: 'PUT',
    url: `/v1/sources/${id}/text`,
    body: text,
    headers: { 'content-type': 'text/plain' },
  });
  expect(status, answer.slice(0, 300)).toBe(200);
}

async function make(path: string, body: Json): Promise<void> {
  const { status, text } = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
  expect(status, text.slice(0, 300)).toBe(201);
}

/** The ids that a search finds, in order. */
async function found(q: string): Promise<string[]> {
  const { status, body, text } = await service.ask({ url: `/v1/search?q=${encodeURIComponent(q)}` });
  expect(status, text.slice(0, 300)).toBe(200);
  return body.items.map(({ id }: Json) => id);
}

/** Words that repeat themselves after some, up to a length in bytes, and others at the end. */
function textUpTo(length: number, distinct: number, end: string): string {
  const words = Array.from({ length: distinct }, (_, index) => `quux${index.toString(36)}`);
  const cycle = `${words.join(' ')} `;
  return cycle.repeat(Math.ceil(length / cycle.length)).slice(0, length - end.length - 1) + ` ${end}`;
}

test('both ends of the longest text in one paragraph are found by their phrases', async () => {
  const text = textUpTo(LONGEST, 20_000, 'with these sealed corbels the vellum ends');
  expect(text).toHaveLength(LONGEST);
  await storeText('longest', text);
  for (const q of [
    '"sealed corbels the vellum"',
    '"quux0 quux1 quux2"',
    'corbels vellum',
    '"corbels the vel"*',
    'quuxff0 -"vellum corbels"',
  ])
    expect([q, await found(q)]).toEqual([q, ['longest']]);
  for (const q of ['"vellum corbels"', '"sealed vellum"', '"quux1 quux0"', 'corbels -"the vellum ends"'])
    expect([q, await found(q)]).toEqual([q, []]);
});

test('a text that repeats one word more than a million times is stored, and its last phrase is found', async () => {
  await storeText('monotone', textUpTo(LONGEST, 1, 'quux0 argent chalice'));
  expect(await found('"quux0 argent chalice"')).toEqual(['monotone']);
  expect(await found('"quux0 chalice"')).toEqual([]);
});

test('a paragraph with more than a MiB of distinct words is stored, and found by those that have room', async () => {
  const words = Array.from({ length: 200_000 }, (_, index) => `zzyx${index.toString(36).padStart(12, 'q')}`);
  await storeText('distinct', words.join(' '));
  expect(await found(`"${words.slice(0, 3).join(' ')}"`)).toEqual(['distinct']);
});

test('a text that has a word more often stands before one of the same length that has it 255 times', async () => {
  for (const times of [255, 600, 1200]) await storeText(`often-${times}`, 'obelisk '.repeat(times) + 'plain '.repeat(2000 - times));
  expect(await found('obelisk')).toEqual(['often-1200', 'often-600', 'often-255']);
  expect(await found('"obelisk obelisk"')).toEqual(['often-1200', 'often-600', 'often-255']);
});

/** A character for each number, none of which folds into another. */
const han = (number: number): string => String.fromCodePoint(0x4e_00 + (number % 20_000));

test('the last name of an actor with as many names as it may have, each as long as it may be, is found by a part of it', async () => {
  const names = Array.from({ length: 200 }, (_, index) => Array.from({ length: 300 }, (__, place) => han(index * 300 + place)).join(''));
  await make('actors', {
    id: 'many-names',
    kind: 'person',
    name: 'Many Names',
    names: names.map((name) => ({ name, kind: 'variant' })),
  });
  expect(await found(names.at(-1)!.slice(-6))).toEqual(['many-names']);
  expect(await found(names[0]!.slice(0, 6))).toEqual(['many-names']);
  expect(await found(names.at(-1)!.slice(-4, -3) + names[0]!.slice(0, 1))).toEqual([]);
});

test('the last of as many citations as an event may have is found by its phrase', async () => {
  const citations = Array.from({ length: 500 }, (_, index) => ({ source: 'longest', phrase: textUpTo(500, 40, `gable ${index}`) }));
  await make('events', { id: 'much-cited', kind: 'visit', title: 'Much cited', citations });
  expect(await found('"gable 499"')).toEqual(['much-cited']);
  expect(await found('"gable 500"')).toEqual([]);
  expect((await service.ask({ url: '/v1/timeline?q=%22gable+499%22' })).body.items).toHaveLength(1);
});
