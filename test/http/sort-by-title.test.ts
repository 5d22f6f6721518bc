import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

/** Names in the order in which they are listed. */
const NAMES = [
  '9th bureau',
  '10th bureau',
  '8967th bureau',
  'Al Anbar',
  'Alabama',
  'Élan',
  'Elbe',
  'Əliyev',
  'Zenda',
  'Ελλάδα',
  'Ήπειρος',
  'Ґанок',
  'Елка 1',
  'Ёлка 2',
  'Їжак',
  'Київ',
  'Қазақстан',
  'Якутск',
  'ירושלים',
  'العراق',
  'กรุงเทพ',
  '서울',
  'とうきょう',
  '一帯一路',
];

async function listed(address: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { status, body } = await service.ask({ url: `${address}&limit=3${cursor && `&cursor=${cursor}`}` });
    expect([status, body.detail]).toEqual([200, undefined]);
    found.push(...body.items.map(({ name, title }: { name?: string; title?: string }) => name ?? title));
    cursor = body.next ?? undefined;
  }
  return found;
}

describe('records with names in many scripts', () => {
  const shuffled = NAMES.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))).toReversed();

  test('are listed by name, page by page, in both directions', async () => {
    for (const [index, name] of shuffled.entries()) {
      const body = { ...samples.actor.least, id: `filed-${index}`, kind: 'filed', name };
      const { status } = await service.ask({ method: 'POST', url: '/v1/actors', body });
      expect(status).toBe(201);
    }
    expect(await listed('/v1/actors?kind=filed')).toEqual(NAMES);
    expect(await listed('/v1/actors?kind=filed&sort=-title')).toEqual(NAMES.toReversed());
  });

  test('are listed by title, with other filters too', async () => {
    for (const [index, title] of shuffled.entries()) {
      const body = { ...samples.event.least, id: `filed-${index}`, kind: 'filed', title };
      const { status } = await service.ask({ method: 'POST', url: '/v1/events', body });
      expect(status).toBe(201);
    }
    expect(await listed('/v1/events?kind=filed&sort=title')).toEqual(NAMES);
    expect(await listed('/v1/events?kind=filed,nothing&sort=-title')).toEqual(NAMES.toReversed());
  });

  test('are found again by an import of lines without ids', async () => {
    const lines = NAMES.map((title) => JSON.stringify({ type: 'event', ...samples.event.least, kind: 'filed', title }));
    const { status, body } = await service.ask({
      method: 'POST',
      url: '/v1/import',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ created: 0, unchanged: NAMES.length });
  });
});
