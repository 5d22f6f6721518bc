import { expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered } from '../helpers/contract.ts';

const service = sharedApp();

const post = (path: string, body: unknown): Promise<Answered> => service.ask({ method: 'POST', url: `/v1/${path}`, body });
const importOf = (lines: object[]): Promise<Answered> =>
  service.ask({
    method: 'POST',
    url: '/v1/import',
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  });

test.each([
  ['events', { kind: 'meeting', title: 'Встреча в Душанбе' }, 'vstrecha-v-dushanbe'],
  ['events', { kind: 'meeting', title: 'Заседание 15-16 сентября' }, 'zasedanie-15-16-sentyabrya'],
  ['actors', { kind: 'person', name: 'Бекзат Жұмабаева' }, 'bekzat-zhumabaeva'],
  ['sources', { kind: 'book', title: '上海合作组织' }, 'shanghai-hezuo-zuzhi'],
  ['places', { kind: 'town', name: 'Gʻijduvon' }, 'gijduvon'],
  ['agreements', { kind: 'treaty', title: '1992' }, 'treaty-1992'],
  ['agreements', { kind: 'treaty', title: '1992' }, 'treaty-1992-2'],
  ['meetings', { kind: 'session', title: '15-16' }, 'session-15-16'],
  ['meetings', { kind: 'session', title: '???' }, 'session'],
  ['meetings', { kind: 'session', title: '???' }, 'session-2'],
])('a record of %s with the title %j gets the id %s', async (path, body, id) => {
  const { status, body: created, headers } = await post(path, body);
  expect([status, created.id, headers['location']]).toEqual([201, id, `/v1/${path}/${id}`]);
});

test('lines of an import get the ids that POST would give', async () => {
  const lines = [
    { type: 'event', kind: 'visit', title: 'Қонақ Алматыда' },
    { type: 'event', kind: 'visit', title: 'Қонақ Алматыда', date: '2020' },
    { type: 'event', kind: 'visit', title: '15-16' },
    { type: 'event', kind: 'visit', title: '—', date: '2021' },
  ];
  const { status, body } = await importOf(lines);
  expect([status, body.assigned.map(({ record }: { record: { id: string } }) => record.id)]).toEqual([
    200,
    ['qonaq-almatyda', 'qonaq-almatyda-2', 'visit-15-16', 'visit'],
  ]);
  expect((await importOf(lines)).body).toMatchObject({ created: 0, unchanged: 4 });
});

test('a reference to a line that is wrong in itself is not reported too, whatever the script of its title', async () => {
  const { status, body } = await importOf([
    { type: 'actor', kind: 'person', name: 'Динара Ахметова', born: '1970' },
    { type: 'event', kind: 'visit', title: 'A visit', participants: [{ actor: 'Динара Ахметова', role: 'guest' }] },
    { type: 'event', kind: 'visit', title: 'Another visit', participants: [{ actor: 'dinara-akhmetova', role: 'guest' }] },
  ]);
  expect([status, body.errors.map(({ line }: { line: number }) => line)]).toEqual([400, [1]]);
});

test('a kind or topic in another script is refused with its slug, and found by either', async () => {
  const refused = await post('events', { kind: 'Переговоры', title: 'Talks', topics: ['Водные ресурсы'] });
  expect([refused.status, refused.body.errors]).toEqual([
    400,
    [
      { pointer: '/kind', message: 'use lower-case letters, digits and single hyphens: "peregovory"' },
      { pointer: '/topics/0', message: 'use lower-case letters, digits and single hyphens: "vodnye-resursy"' },
    ],
  ]);
  await post('events', { kind: 'peregovory', title: 'Talks', topics: ['vodnye-resursy'] });
  for (const topic of ['Водные ресурсы', 'водные-ресурсы', 'vodnye-resursy']) {
    const found = await service.ask({ url: `/v1/events?topic=${encodeURIComponent(topic)}` });
    expect([found.body.total, found.body.query]).toMatchObject([1, { topic: ['vodnye-resursy'] }]);
  }
});
