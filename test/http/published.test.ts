import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { historicalDate } from '../../src/domain/time/historical-date.ts';
import { hasWindow, parseWindow } from '../../src/domain/time/window.ts';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();

const DATES = ['1931', '1931-05', '1931-05-07', '1930/1932', '[1930,1933]', '[..1931]', '1931~', '1931?', '1931-06/..', '/1930'];
const AUTHORS = ['Elphberg, Rudolf', 'Élphberg Rudolf', 'Sapt', 'von Tarlenheim, Fritz'];

const books = DATES.map((published, index) => ({
  id: `published-${index}`,
  title: `Published ${published}`,
  published,
  authors: [AUTHORS[index % 4]!, ...(index % 3 === 0 ? [AUTHORS[(index + 1) % 4]!] : [])],
}));

beforeAll(async () => {
  for (const book of [...books, { id: 'published-never', title: 'Published never', authors: ['Nobody'] }]) {
    const { status, body } = await service.ask({ method: 'POST', url: '/v1/sources', body: { ...book, kind: 'published-book' } });
    expect(status, JSON.stringify(body)).toBe(201);
  }
});

type Listed = { items: { id: string; match?: string }[]; total: number; warnings?: { message: string }[]; query: Record<string, string> };

async function list(query: string): Promise<Listed> {
  const { status, body } = await service.ask({ url: `/v1/sources?kind=published-book&${query}` });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Listed;
}

/** How a date lies in days, `possible` or `certain`, if it does. */
function matchOf(edtf: string, from: number, to: number): string | undefined {
  const { startMin, startMax, endMin, endMax, doubted, members } = historicalDate(edtf, undefined).bounds;
  if (startMin > to || endMax < from) return undefined;
  if (members && !members.some(([first, last]) => first <= to && last >= from)) return undefined;
  return startMax <= to && endMin >= from && !doubted ? 'certain' : 'possible';
}

const asked = fc.constantFrom('1929', '1930', '1931', '1931-05', '1931-05-07', '1932', '1933');

test('sources are listed by the date of their publication as plain comparing of days tells', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(asked), fc.option(asked), fc.boolean(), async (from, to, isCertain) => {
      const parameters = { ...(from !== null && { from }), ...(to !== null && { to }) };
      fc.pre(from === null || to === null || from <= to);
      const window = parseWindow(parameters);
      fc.pre(hasWindow(window));
      const expected = books.flatMap(({ id, published }) => {
        const match = matchOf(published, window.from ?? -Infinity, window.to ?? Infinity);
        return match === undefined || (isCertain && match !== 'certain') ? [] : [{ id, match }];
      });
      const { items, total } = await list(new URLSearchParams({ ...parameters, ...(isCertain && { match: 'certain' }) }).toString());
      expect(items.map(({ id, match }) => ({ id, match })).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(expected);
      expect(total).toBe(expected.length);
    }),
    { seed: 7, numRuns: 60 },
  );
});

test('on is both ends at once, with a text, too', async () => {
  expect((await list('on=1931-05-07')).items.map(({ id }) => id)).toEqual(
    (await list('from=1931-05-07&to=1931-05-07')).items.map(({ id }) => id),
  );
  expect((await list('on=1931-05-07&q=published')).items.every(({ match }) => match !== undefined)).toBe(true);
});

const by = (...names: string[]) => books.filter(({ authors }) => authors.some((name) => names.includes(name))).map(({ id }) => id);

test.each([
  ['author=Sapt', by('Sapt')],
  ['author=Elphberg,%20Rudolf', by('Elphberg, Rudolf', 'Élphberg Rudolf')],
  ['author=elphberg%20rudolf,sapt', by('Elphberg, Rudolf', 'Élphberg Rudolf', 'Sapt')],
  ['author=!Sapt,!Nobody', books.map(({ id }) => id).filter((id) => !by('Sapt').includes(id))],
  ['author=VON%20TARLENHEIM%20FRITZ&from=1932', ['published-3', 'published-6']],
])('%s', async (query, expected) => {
  expect((await list(query)).items.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
});

test('an unknown author is warned of, with the nearest', async () => {
  const { items, warnings, query } = await list('author=Sappt');
  expect([items, query['author']]).toEqual([[], 'Sappt']);
  expect(warnings).toMatchObject([{ parameter: 'author', value: 'Sappt', didYouMean: ['Sapt'] }]);
});

test.each([
  ['match=certain', 'match'],
  ['on=1931&from=1930', 'on'],
  ['from=1932&to=1931', 'from'],
  ['from=then', 'from'],
])('%s is refused', async (query, parameter) => {
  const { status, body } = await service.ask({ url: `/v1/sources?${query}` });
  expect([status, body.errors[0].parameter]).toEqual([400, parameter]);
});
