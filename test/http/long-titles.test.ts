import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';

const service = sharedApp();

/** A letter of three bytes for each number, none of which folds into another. */
const han = (number: number): string => String.fromCodePoint(0x4e_00 + (number % 20_000));
/** A letter of a script without capitals for each number. */
const georgian = (number: number): string => String.fromCodePoint(0x10_d0 + ((number * number * 7 + number) % 33));
/** A title of a thousand letters. */
const made = (letter: (number: number) => string): string => Array.from({ length: 1000 }, (_, number) => letter(number * 17)).join('');

describe('a title of 1,000 characters', () => {
  test.each([
    ['of a thousand ideographs', made(han)],
    ['of one long word', made(georgian)],
    ['of signs', '★☆✦✧✩'.repeat(200)],
    ['of letters that fold into many', 'ﷺ'.repeat(1000)],
  ])('%s names records of every type, which are sorted and found', async (what, title) => {
    const id = `title-${what.replaceAll(' ', '-')}`;
    for (const [path, body] of [
      ['actors', { id, kind: 'group', name: title }],
      ['sources', { id, kind: 'book', title }],
      ['events', { id, kind: 'visit', title }],
      ['events', { kind: 'visit', title }],
    ] as const) {
      const { status, text } = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
      expect(status, text.slice(0, 300)).toBe(201);
    }
    const { body } = await service.ask({ url: '/v1/sources?kind=book&sort=-title&limit=200' });
    expect((body.items as Json[]).map((item) => item.id as string)).toContain(id);
    expect((await service.ask({ url: `/v1/sources/${id}` })).body.title).toBe(title);
  });
});
