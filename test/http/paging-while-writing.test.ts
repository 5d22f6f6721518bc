import { describe, expect, onTestFinished, test } from 'vitest';
import { RANKED_MAX } from '../../src/query/lists/cursors.ts';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';

const service = sharedApp();

type Body = Record<string, unknown>;

/** An event of a walk: its title says the word as often as it is told to, so that its rank is its own. */
const event = (id: string, title: string, edtf?: string): Body => ({
  type: 'event',
  id,
  kind: 'zephyr-test',
  title,
  ...(edtf === undefined ? {} : { date: { edtf } }),
});

async function importAll({ ask }: TestApp, records: readonly Body[]): Promise<void> {
  const { status, text } = await ask({
    method: 'POST',
    url: '/v1/import',
    body: records.map((each) => JSON.stringify(each)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(status, text.slice(0, 300)).toBe(200);
}

async function createAll({ ask }: TestApp, records: readonly Body[]): Promise<void> {
  for (const { type, ...body } of records) {
    const { status, text } = await ask({ method: 'POST', url: `/v1/${String(type)}s`, body });
    expect(status, text.slice(0, 300)).toBe(201);
  }
}

/** Reads a list to its end, and calls `write` before each page but the first with its number. Returns the ids of all pages, in order. */
async function walk({ ask }: TestApp, url: string, write: (page: number) => Promise<unknown>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 500; page += 1) {
    if (page > 0) await write(page);
    const { status, body } = await ask({ url: `${url}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}` });
    expect(status, JSON.stringify(body).slice(0, 300)).toBe(200);
    ids.push(...body.items.map((item: { id?: string; entry?: { id: string }; actor?: { id: string } }) => item.entry?.id ?? item.id));
    if (body.next === undefined) return ids;
    cursor = body.next as string; // @NOTE the document says so
  }
  throw new Error('the walk has no end');
}

/** Expects each record of before the walk once, and each later record at most once. */
function expectEachOnce(ids: readonly string[], before: readonly string[]): void {
  expect(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    'listed twice',
  ).toEqual([]);
  expect(
    before.filter((id) => !ids.includes(id)),
    'skipped',
  ).toEqual([]);
}

/** Records that are added before a page: at the beginning, middle and end of the list in every sort, with high and low ranks. */
const additions = (type: string, name: string, page: number): Body[] =>
  ['aaa', 'mmm', 'zzz'].map((place, index) => {
    const id = `${name}-${place}-${page}`;
    const title = `${place} ${'zephyr '.repeat(1 + ((page + index) % 4))}gale ${page}`;
    if (type === 'event') return event(id, title, ['1800', '1950-06', '2100'][index]);
    return type === 'actor' ? { type, id, kind: 'group', name: title } : { type, id, kind: 'city', name: title };
  });

const WORDS = [
  'zephyr gale',
  'zephyr zephyr gale',
  'a long title that says zephyr once among many other words, and gale',
  'gale and zephyr',
];

describe('a walk lists each old record once while others are added before each page:', () => {
  const SORTS = ['date', '-date', 'title', '-title', 'updated', '-updated', 'relevance'];
  const CASES: [type: string, url: (name: string) => string][] = [
    ...SORTS.map((sort): [string, (name: string) => string] => ['event', (name) => `/v1/events?kind=${name}&q=zephyr&sort=${sort}`]),
    ...SORTS.filter((sort) => sort !== 'relevance').map((sort): [string, (name: string) => string] => [
      'event',
      (name) => `/v1/events?kind=${name}&sort=${sort}`,
    ]),
    ['event', (name) => `/v1/events?kind=${name}&q=zephyr+gale&sort=relevance`],
    ['event', (name) => `/v1/timeline?kind=${name}&sort=date`],
    ['event', (name) => `/v1/timeline?kind=${name}&sort=-date`],
    ...['title', '-title', 'updated', '-updated', 'relevance'].map((sort): [string, (name: string) => string] => [
      'actor',
      (name) => `/v1/actors?kind=${name}&q=zephyr&sort=${sort}`,
    ]),
    ['actor', (name) => `/v1/actors?kind=${name}&sort=title`],
    ['event', (name) => `/v1/search?q=zephyr+${name}`],
    ['actor', (name) => `/v1/search?q=zeph*+${name}`],
    ['event', (name) => `/v1/search?q=${name}`],
  ];

  test.each(CASES.map(([type, url], index) => ({ type, url, index, shown: url('NAME') })))('$type $shown', async ({ type, url, index }) => {
    // A word and a kind of its own keeps the walks apart.
    const name = `walk${String.fromCodePoint(97 + index)}`;
    const own = (record: Body): Body => ({
      ...record,
      kind: type === 'event' ? name : 'group',
      ...(type === 'event' ? { summary: `Seen on ${name}.` } : { description: `Seen on ${name}.` }),
    });
    const address = type === 'event' ? url(name) : url(name).replace(`kind=${name}`, 'kind=group');
    const before = Array.from({ length: 17 }, (_, number): Body => {
      const id = `${name}-before-${number}`;
      const title = `${WORDS[number % WORDS.length]} ${(number * 7) % 23}`;
      return own(type === 'event' ? event(id, title, number % 5 === 0 ? undefined : `${1900 + number}`) : { type, id, name: title });
    });
    await createAll(service, before);
    let pages = 0;
    const ids = await walk(service, `${address}&limit=4`, async (page) => {
      pages = page;
      // A list that is read in the order of what is added has an end only when that has one.
      if (page <= 4) await createAll(service, additions(type, name, page).map(own));
    });
    expect(pages).toBeGreaterThan(1);
    expectEachOnce(
      ids,
      before.map(({ id }) => String(id)),
    );
  });
});

test('a walk of sources found by their texts lists none that is added', async () => {
  const addSource = async (id: string): Promise<void> => {
    await createAll(service, [{ type: 'source', id, kind: 'book', title: `Source ${id}` }]);
    const headers = { 'content-type': 'text/plain' };
    expect((await service.ask({ method: 'PUT', url: `/v1/sources/${id}/text`, body: 'A sirocco in the text', headers })).status).toBe(200);
  };
  for (const id of ['sirocco-1', 'sirocco-2', 'sirocco-3']) await addSource(id);
  const ids = await walk(service, '/v1/sources?q=sirocco&limit=1', (page) => addSource(`sirocco-late-${page}`));
  expect(ids.toSorted()).toEqual(['sirocco-1', 'sirocco-2', 'sirocco-3']);
});

describe('a walk of more matches than are ranked lists the newest once, and no added ones:', () => {
  test.each([
    ['event', '/v1/events?q=zephyr&sort=relevance'],
    ['event', '/v1/search?q=zephyr'],
    ['actor', '/v1/actors?q=zephyr'],
    ['actor', '/v1/search?q=zephyr'],
  ])('%s %s', async (type, url) => {
    const { close, ...own } = await seededApp();
    try {
      const made = Array.from({ length: RANKED_MAX + 60 }, (_, number): Body => {
        const title = `${WORDS[number % WORDS.length]} ${number}`;
        const id = `before-${String(number).padStart(4, '0')}`;
        return type === 'event' ? event(id, title, `${1000 + number}`) : { type, id, kind: 'group', name: title };
      });
      await importAll(own, made);
      const first = await own.ask({ url: `${url}&limit=1` });
      expect(first.body.ranked).toBe('newest');
      const ids = await walk(own, `${url}&limit=200`, (page) => createAll(own, additions(type, `new-${page}`, page)));
      // The newest are those that were added last, and of events those that lie latest.
      expectEachOnce(
        ids,
        made.slice(-RANKED_MAX).map(({ id }) => String(id)),
      );
      expect(ids).toHaveLength(RANKED_MAX);
    } finally {
      await close();
    }
  });
});

test('a page of the change log has `next` while there are more changes, and the last page leads on by `latest`', async () => {
  const own = await seededApp();
  onTestFinished(own.close);
  const page = async (since: string) => (await own.app.inject(`/v1/changes?limit=200&since=${since}`)).json<ChangePage>();
  const seen: number[] = [];
  let since = '0';
  for (;;) {
    const { items, next, latest } = await page(since);
    seen.push(...items.map(({ sequence }) => sequence));
    since = next ?? latest;
    expect(since).toBe(items.at(-1)!.position);
    if (next === undefined) break;
    expect(items).toHaveLength(200);
  }
  expect(seen).toEqual(seen.map((_, index) => index + 1));
  expect(await page(since)).toEqual({ items: [], latest: since });
});

type ChangePage = { items: { position: string; sequence: number }[]; next?: string; latest: string };
