import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseWindow } from '../../src/domain/time/window.ts';
import { historicalDate } from '../../src/domain/time/historical-date.ts';
import { existenceOf } from '../../src/model/existence.ts';
import { modelOf } from '../../src/model/models.ts';
import type { Input } from '../../src/model/record.ts';
import { timelineHistogram } from '../../src/query/execute/histogram.ts';
import { listTimeline } from '../../src/query/execute/timeline.ts';
import { listRecords } from '../../src/query/named-records/named-records.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { update } from '../../src/records/update.ts';
import { copyOf } from '../helpers/copies.ts';
import { NOW } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';
import { importLines } from '../helpers/transfer.ts';
import { matchOf } from './oracle/naive-dates.ts';

// The moments of actors, and actors by day, as a scan of all actors finds them.

type Actor = Pick<Input, 'dates' | 'memberships' | 'citations'> & { type: 'actor'; id: string; kind: string; name: string };
type Membership = NonNullable<Input['memberships']>[number];

const ACTORS = 120;
const ids = Array.from({ length: ACTORS }, (_, index) => `actor-${index}`);
const known = fc.constantFrom(...ids.slice(0, 6));
const edtf = fc.constantFrom(
  '1899',
  '1899-02',
  '1899-02-14',
  '189X',
  '18XX',
  '1890/1905',
  '1890/..',
  '/1899',
  '1898?',
  '1899~',
  '[1890,1905]',
  '[..1899]',
  '1912',
);
const role = fc.constantFrom('chair', 'member', 'founder');
const place = fc.constantFrom('town', 'village');
const citations = fc.constantFrom([{ source: 'book' }], [{ source: 'letter' }]);
const optional = (fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[]) => fc.record(fields, { requiredKeys });
const dates = fc.array(
  optional(
    { role: fc.constantFrom('born', 'founded', 'died', 'dissolved', 'existed', 'moved'), edtf, place, basis: fc.constant('inferred') },
    ['role'],
  ),
  { maxLength: 3 },
);
const memberships = fc.array(
  optional({ organization: known, role, onBehalfOf: known, period: fc.record({ edtf }), citations }, ['organization']),
  {
    maxLength: 3,
  },
);
const body = optional({ kind: fc.constantFrom('person', 'state'), dates, memberships, citations }, ['kind']);

const actors: Actor[] = [];
let annals: Annals;
let close: () => Promise<void>;

beforeAll(async () => {
  const copy = await copyOf('empty');
  const engine = await storeAt(copy.place).open();
  annals = openAnnals(engine, () => NOW);
  close = async () => {
    await engine.close();
    await copy.remove();
  };
  // No actor refers to itself.
  const made = (seed: number) =>
    fc.sample(body, { seed, numRuns: ACTORS }).map((drawn, index) => {
      const { memberships: all, ...rest } = drawn as Pick<Actor, 'dates' | 'memberships' | 'citations' | 'kind'>; // @NOTE drawn so
      const own = all?.filter(({ organization, onBehalfOf }) => organization !== ids[index] && onBehalfOf !== ids[index]);
      return { type: 'actor' as const, id: ids[index]!, name: `Actor ${index}`, ...rest, ...(own && { memberships: own }) };
    });
  await importLines(annals, [
    { type: 'place', id: 'land', kind: 'country', name: 'Land' },
    { type: 'place', id: 'town', kind: 'city', name: 'Town', partOf: ['land'] },
    { type: 'place', id: 'village', kind: 'village', name: 'Village' },
    ...['book', 'letter'].map((id) => ({ type: 'source', id, kind: 'book', title: id })),
    { type: 'event', id: 'war', kind: 'person', title: 'War', date: { edtf: '1899' }, participants: [{ actor: ids[0], role: 'chair' }] },
    ...made(1),
  ]);
  actors.push(...made(1));
  // A third is changed one by one: the index is then what differences made of it.
  for (const [index, actor] of made(2).entries()) {
    if (index % 3 > 0) continue;
    const { type: _type, id, name: _name, ...fields } = actor;
    await update(annals, modelOf.actor, id, { dates: null, memberships: null, citations: null, ...fields });
    actors[index] = actor;
  }
});
afterAll(() => close());

/** A moment as a scan sees it. */
type Seen = { actor: Actor; role: string; date?: string; place?: string; basis?: string; membership?: Membership };

const momentsOf = (actor: Actor): Seen[] => [
  ...(actor.dates ?? []).map(({ role: of, edtf: date, place: at, basis }) => ({
    actor,
    role: of,
    ...(date && { date }),
    ...(at && { place: at }),
    ...(date && basis && { basis }),
  })),
  ...(actor.memberships ?? []).flatMap((membership) =>
    membership.period ? [{ actor, role: membership.role ?? 'member', date: membership.period.edtf, membership }] : [],
  ),
];

const peopleIn = ({ actor, membership }: Seen): string[] =>
  [actor.id, membership?.organization, membership?.onBehalfOf].flatMap((id) => id ?? []);

type Question = Partial<Record<'on' | 'match' | 'role' | 'kind' | 'moment' | 'place' | 'source' | 'basis' | 'undated', string>> & {
  actor?: string[];
};

/** The values of a parameter as a scan reads them: one of the first, none of the second. */
const split = (text: string) => {
  const parts = text.split(',');
  return {
    any: parts.filter((part) => !part.startsWith('!')),
    none: parts.flatMap((part) => (part.startsWith('!') ? [part.slice(1)] : [])),
  };
};
const fits = (asked: string | undefined, values: readonly string[]): boolean => {
  if (asked === undefined) return true;
  const { any, none } = split(asked);
  return (any.length === 0 || any.some((value) => values.includes(value))) && !none.some((value) => values.includes(value));
};

function isAsked(
  seen: Seen,
  { on, match = 'possible', role: roles, kind, moment, place: places, source, basis, undated, actor = [] }: Question,
): boolean {
  const { membership, date } = seen;
  const own = membership ? [membership.role ?? 'member'] : [];
  const sources = [...(seen.actor.citations ?? []), ...(seen.actor.memberships ?? []).flatMap((each) => each.citations ?? [])].map(
    (each) => each.source,
  );
  const isIn = seen.place === 'town' ? ['town', 'land'] : seen.place === undefined ? [] : [seen.place];
  const people = peopleIn(seen);
  const has = (id: string, of: readonly string[]) => people.includes(id) && (of.length === 0 || own.some((each) => of.includes(each)));
  const ofActors = actor.every((value) => {
    const { any, none } = split(value);
    const { any: in_, none: notIn } = split(roles ?? '');
    const asks = roles !== undefined && roles !== '';
    const wanted = in_.filter((each) => each !== '');
    if (none.some((id) => has(id, wanted))) return false;
    if (any.length > 0 && !any.some((id) => has(id, wanted))) return false;
    return !(asks && notIn.length > 0 && any.some((id) => has(id, notIn)));
  });
  const lies = on === undefined ? undefined : matchOf(date === undefined ? undefined : { edtf: date }, parseWindow({ on }));
  return (
    ofActors &&
    (actor.length > 0 || fits(roles, own)) &&
    fits(kind, [seen.actor.kind]) &&
    fits(moment, [seen.role]) &&
    fits(places, isIn) &&
    fits(source, sources) &&
    (basis === undefined || (date !== undefined && (basis === 'inferred') === (seen.basis === 'inferred'))) &&
    (undated === undefined || (undated === 'true') === (date === undefined)) &&
    (on === undefined || (lies !== undefined && (match === 'possible' || lies === 'certain')))
  );
}

const asked = (values: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...values),
    fc.constantFrom(...values).map((value) => `!${value}`),
    fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values)).map(([one, other]) => `${one},${other}`),
  );
const days = fc.constantFrom('1899-02-14', '1899', '1899-02', '1900/1911', '1850', '1890-01-01/1912-12-31', '1905-06');
const rarely = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
const questions = fc.record({
  on: fc.option(days, { nil: undefined }),
  role: rarely(asked(['chair', 'member', 'founder'])),
  kind: rarely(asked(['person', 'state'])),
  moment: rarely(asked(['born', 'died', 'chair', 'member'])),
  place: rarely(asked(['town', 'land', 'village'])),
  source: rarely(asked(['book', 'letter'])),
  basis: rarely(fc.constantFrom('stated', 'inferred')),
  actor: rarely(fc.array(asked(ids.slice(0, 8)), { minLength: 1, maxLength: 2 })),
});
const given = (drawn: Record<string, unknown>) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
const isUnderstood = ({ actor = [], role: roles = '' }: Question) => !(roles.includes('!') && actor.some((each) => each.includes('!')));

const shown = ({ actor, role: of, date, membership }: Seen): string =>
  JSON.stringify([actor.id, of, date, membership?.organization, membership?.onBehalfOf]);

test('the timeline of actors answers as a scan of all actors does, page by page', async () => {
  await fc.assert(
    fc.asyncProperty(questions, fc.boolean(), async (drawn, isCertain) => {
      const question = given(drawn) as Question;
      fc.pre(isUnderstood(question));
      if (isCertain && question.on !== undefined) question.match = 'certain';
      const expected = actors.flatMap(momentsOf).filter((seen) => isAsked(seen, question));
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listTimeline(annals.engine, { ...question, type: 'actor', limit: '40', ...(cursor && { cursor }) } as never); // @NOTE parameters as a request has them
        if (cursor === undefined) expect(page.total).toEqual({ total: expected.length });
        for (const { document, match } of page.items) {
          const { entry, role: of, date, organization, onBehalfOf } = JSON.parse(document.toString());
          found.push(JSON.stringify([entry.id, of, date?.edtf, organization, onBehalfOf]));
          if (question.on !== undefined) expect(match).toBe(matchOf(date, parseWindow({ on: question.on })));
        }
        cursor = page.next;
      } while (cursor !== undefined);
      expect(found.toSorted()).toEqual(expected.map(shown).toSorted());
    }),
    { seed: 5, numRuns: 250 },
  );
});

test('a histogram of actors counts what the timeline lists', async () => {
  await fc.assert(
    fc.asyncProperty(
      questions,
      fc.constantFrom('year' as const, 'decade' as const, 'month' as const, 'day' as const),
      async (drawn, by) => {
        const question = given(drawn) as Question;
        fc.pre(isUnderstood(question));
        const expected = actors.flatMap(momentsOf).filter((seen) => isAsked(seen, question));
        const answer = await timelineHistogram(annals.engine, { ...question, type: 'actor' } as never, by);
        expect(answer).toMatchObject({ total: expected.length });
      },
    ),
    { seed: 6, numRuns: 80 },
  );
});

test('no list of entries has a moment of an actor', async () => {
  for (const filters of [{}, { type: '!event' }, { actor: [ids[0]] }, { kind: 'person' }, { role: 'chair' }, { on: '1899' }]) {
    const { items } = await listTimeline(annals.engine, filters as never);
    for (const { document } of items) expect(JSON.parse(document.toString())).toMatchObject({ entry: { type: 'event' } });
  }
});

type ActorQuestion = Partial<Record<'memberOf' | 'role' | 'on' | 'existingOn' | 'match' | 'kind', string>>;

/** How an actor answers a question about its memberships and its existence, as plain reading of its fields tells. */
function standingOf(actor: Actor, { memberOf, role: roles, on, existingOn, kind }: ActorQuestion): 'certain' | 'possible' | undefined {
  if (!fits(kind, [actor.kind])) return undefined;
  const of = split(memberOf ?? '');
  const as = split(roles ?? '');
  const [organizations, inRoles] = [of.any.filter(Boolean), as.any.filter(Boolean)];
  const lies = ({ period }: Membership) => {
    if (on === undefined) return 'certain';
    return period === undefined ? 'possible' : matchOf(period, parseWindow({ on }));
  };
  const having = (ofThese: readonly string[], inThese: readonly string[]) =>
    (actor.memberships ?? [])
      .filter((each) => ofThese.length === 0 || ofThese.includes(each.organization))
      .filter((each) => inThese.length === 0 || inThese.includes(each.role ?? 'member'))
      .map(lies);
  if (of.none.length > 0 && having(of.none, inRoles).some((each) => each !== undefined)) return undefined;
  if (as.none.length > 0 && having(organizations, as.none).some((each) => each !== undefined)) return undefined;
  let standing: 'certain' | 'possible' = 'certain';
  if (organizations.length > 0 || (of.none.length === 0 && inRoles.length > 0)) {
    const found = having(organizations, inRoles);
    if (!found.some((each) => each !== undefined)) return undefined;
    if (!found.includes('certain')) standing = 'possible';
  }
  if (existingOn === undefined) return standing;
  const { from, to } = parseWindow({ on: existingOn });
  const spells = existenceOf(actor).map(({ ordinal, startMin, endMax, startMax, endMin }) => {
    const date = actor.dates![ordinal]!;
    if (date.role === 'existed') return matchOf(date, { from: from!, to: to! });
    if (startMin > to! || endMax < from!) return undefined;
    return startMax !== undefined && startMax <= to! && endMin! >= from! ? 'certain' : 'possible';
  });
  if (!spells.some((each) => each !== undefined)) return undefined;
  return spells.includes('certain') ? standing : 'possible';
}

test('actors by membership and existence are those that a scan of all actors finds', async () => {
  const drawnQuestion = fc.record({
    memberOf: fc.option(asked(ids.slice(0, 6)), { nil: undefined }),
    role: fc.option(asked(['chair', 'member', 'founder']), { nil: undefined }),
    on: fc.option(days, { nil: undefined }),
    existingOn: fc.option(days, { nil: undefined }),
    kind: rarely(asked(['person', 'state'])),
    sort: rarely(fc.constantFrom('title', '-title', 'updated')),
  });
  await fc.assert(
    fc.asyncProperty(drawnQuestion, fc.boolean(), async (drawn, isCertain) => {
      const question = given(drawn) as ActorQuestion;
      const { memberOf = '', role: roles = '', on, existingOn } = question;
      fc.pre(!(memberOf.includes('!') && roles.includes('!')) && !(on !== undefined && memberOf === '' && roles === ''));
      const isDated = on !== undefined || existingOn !== undefined;
      if (isCertain && isDated) question.match = 'certain';
      const expected = actors
        .map((actor) => [actor.id, standingOf(actor, question)] as const)
        .filter(([, standing]) => standing === 'certain' || (standing === 'possible' && question.match !== 'certain'))
        .map(([id, standing]) => `${id} ${isDated ? standing : undefined}`);
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listRecords(annals.engine, modelOf.actor, { ...question, limit: '50', ...(cursor && { cursor }) });
        expect(page.total).toEqual({ total: expected.length });
        found.push(...page.items.map(({ document, match }) => `${JSON.parse(document.toString()).id} ${match}`));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    { seed: 7, numRuns: 400 },
  );
});

test('the derived days are those of the dates', async () => {
  const [rows] = await annals.engine.read([
    {
      sql: 'SELECT r.slug, m.ordinal, m.start_min, m.start_max, m.end_min, m.end_max, m.doubted FROM memberships m JOIN records r ON r.id = m.record_id',
      params: [],
    },
  ]);
  for (const [slug, ordinal, ...columns] of rows) {
    const { period } = actors.find(({ id }) => id === slug)!.memberships![Number(ordinal)]!;
    if (!period) continue;
    const { startMin, startMax, endMin, endMax, doubted } = historicalDate(period.edtf).bounds;
    expect(columns).toEqual([startMin, startMax, endMin, endMax, Number(doubted)]);
  }
});
