import { hash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { queryFingerprint } from '../../src/query/lists/page.ts';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const ENTRY_SORTS = ['date', '-date', 'title', '-title', 'updated', '-updated'];
const NAME_SORTS = ['title', '-title', 'updated', '-updated'];

/** Sorts of each list of records: every sort of events and actors, and two sorts of each list that shares their code. */
const SORTS = {
  events: ENTRY_SORTS,
  agreements: ['date', '-title'],
  meetings: ['-date', 'updated'],
  actors: NAME_SORTS,
  places: ['title', '-updated'],
  sources: ['-title', 'updated'],
};

/** Every list that has a cursor: its address, and the name and the parameters under which its cursors are made. */
const LISTS: [url: string, name: string, parameters: Record<string, unknown>][] = [
  ['/v1/timeline', 'timeline', {}],
  ['/v1/timeline?sort=-date&from=1990', 'timeline', { sort: '-date', from: '1990' }],
  ['/v1/actors/csto/timeline', 'timeline', { actor: ['csto'] }],
  ...Object.entries(SORTS).flatMap(([path, sorts]) =>
    sorts.map((sort): [string, string, Record<string, unknown>] => [`/v1/${path}?sort=${sort}`, path, { sort }]),
  ),
  ['/v1/events?sort=relevance&q=afghanistan', 'events', { sort: 'relevance', q: 'afghanistan' }],
  ['/v1/actors?q=of', 'actors', { q: 'of' }],
  ['/v1/search?q=nuclear', 'search', { q: 'nuclear' }],
  ['/v1/search?q=afghanistan&type=event,actor', 'search', { q: 'afghanistan', type: 'event,actor' }],
  ['/v1/timeline/counts?by=year,kind', 'timeline/counts', { by: 'year,kind' }],
  ['/v1/actors/csto/counterparts', 'counterparts/csto', {}],
  ['/v1/agreements/tashkent-declaration-2018/related', 'related/tashkent-declaration-2018', {}],
  ['/v1/events/forged-history/history', 'history/event/forged-history', {}],
];

/** The key of a record, which stands in the names of the lists that belong to it. */
async function keyOf(id: string): Promise<number> {
  const [[row]] = await service.annals.engine.read([{ sql: 'SELECT id FROM records WHERE slug = ?', params: [id] }]);
  return Number(row![0]);
}

async function queryOf(name: string, parameters: Record<string, unknown>): Promise<string> {
  const [list, id] = name.split('/');
  return queryFingerprint(list === 'counterparts' || list === 'related' ? `${list}/${await keyOf(id!)}` : name, parameters);
}

/** A cursor of any parts with the right checksum. */
function forged(query: string, parts: readonly string[]): string {
  const payload = parts.join('.');
  return `2.${hash('sha256', `${query}\n2.${payload}`, 'base64url').slice(0, 16)}.${payload}`;
}

const base64url = (text: string | Buffer): string => Buffer.from(text as string).toString('base64url');

/** Parts of forged cursors. */
const PARTS = [
  ...'|-1|0|1|2|-9007199254740991|9007199254740991|9007199254740993|9223372036854775807|9223372036854775808|8640000000000001|1e308|1e3|-0|007'.split(
    '|',
  ),
  ...`NaN|Infinity|-Infinity|null|true|[]|{}|x|!|A|_w|%00|' OR 1=1 --|"`.split('|'),
  ...['\u0000', 'ä', '\uD800', "'; DROP TABLE records", 'a'.repeat(201), '中'.repeat(300), '0', '[1]'].map((text) => base64url(text)),
  base64url(Buffer.from([0xff, 0xfe, 0])),
  base64url(Buffer.alloc(900, 0xff)),
  base64url(Buffer.alloc(900)),
];

beforeAll(async () => {
  const created = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id: 'forged-history' } });
  expect(created.status).toBe(201);
  for (const title of ['Second', 'Third']) await service.ask({ method: 'PATCH', url: '/v1/events/forged-history', body: { title } });
});

async function ask(url: string, cursor: string) {
  return service.ask({ url: `${url}${url.includes('?') ? '&' : '?'}limit=1&cursor=${encodeURIComponent(cursor)}` });
}

describe('a forged cursor is a valid position or is refused, and never returns 500:', () => {
  test.each(LISTS)('%s', async (url, name, parameters) => {
    const query = await queryOf(name, parameters);
    const first = await service.ask({ url: `${url}${url.includes('?') ? '&' : '?'}limit=1` });
    const genuine = String(first.body.next);
    const parts = genuine.split('.').slice(2);
    expect(forged(query, parts), 'the forger makes what the service makes').toBe(genuine);
    expect((await ask(url, genuine)).status).toBe(200);

    const refused = async (other: readonly string[], expected: readonly number[]) => {
      const { status, body } = await ask(url, forged(query, other));
      expect(expected, `${other.join('.')} was answered ${JSON.stringify(body).slice(0, 200)}`).toContain(status);
      if (status === 400) expect(['/problems/invalid-cursor', '/problems/invalid-request']).toContain(body.type);
    };
    // Each part by itself, all the others being genuine.
    for (const index of parts.keys()) for (const part of PARTS) await refused(parts.with(index, part), [200, 400]);
    for (const wrong of ['', 'NaN', 'Infinity', '1.5', '!', '-1', '-9007199254740991'])
      for (const index of parts.keys()) await refused(parts.with(index, wrong), index === 0 && wrong === '' ? [200, 400] : [400]);
    await refused(parts.slice(1), [400]);
    await refused([...parts, '1'], [400]);
    // All of them at once, and any number of them.
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...PARTS, ...parts), { maxLength: 6 }), (others) => refused(others, [200, 400])),
      { numRuns: 20 },
    );
  });
});

test('a cursor of the old form is refused with a hint', async () => {
  const { status, body } = await service.ask({ url: '/v1/search?q=nuclear&cursor=Nzd6am9aMWVUdkVheUFoalsieCJd' });
  expect([status, body.type]).toEqual([400, '/problems/invalid-cursor']);
  expect(body.detail).toContain('take `next` of the page before as it is');
});
