import { word } from '../world/lines.ts';

/** Number of records related to each extreme record: as many as a scope allows, itself included. */
const TIED = 4999;

/** Number of the largest events, and of the items in each of their lists. */
const LARGE = 200;
const PARTICIPANTS = 500;
const TOPICS = 100;

/** Number of codes, and of the names of each. */
const CODES = 500;
const NAMES = 10;

const line = (record: object): string => JSON.stringify(record);

/** Records that a world of ordinary ones lacks: many parts, members and places of one, large events, one that thousands refer to, a large codebook. */
export function* extremeLines(): Generator<string> {
  yield line({ type: 'actor', id: 'union', kind: 'organization', name: 'The union of united committees' });
  yield line({ type: 'place', id: 'land', kind: 'country', name: 'Land' });
  for (let number = 0; number < TIED; number += 1) {
    yield line({
      type: 'actor',
      id: `committee-${number}`,
      kind: 'committee',
      name: `Committee ${number} of the united republics`,
      description: `${word(0)} ${word(1)} ${word(2)}`,
      partOf: 'union',
      memberships: [{ organization: 'union' }],
    });
    yield line({ type: 'place', id: `town-${number}`, kind: 'town', name: `Town ${number} of the land`, partOf: ['land'] });
  }
  yield line({ type: 'event', id: 'hub', kind: 'statement', title: 'What thousands refer to', date: { edtf: '1990-01-01' } });
  for (let number = 0; number < TIED; number += 1)
    yield line({
      type: 'event',
      id: `spoke-${number}`,
      kind: 'statement',
      title: `Spoke ${word(number % 20)} ${word(0)}`,
      date: { edtf: '1991-01-01' },
      participants: [{ actor: `committee-${number}`, role: 'host' }],
      places: [`town-${number}`],
      relations: [{ type: 'responds-to', record: { type: 'event', id: 'hub' } }],
    });
  for (let number = 0; number < CODES; number += 1)
    yield line({
      type: 'code',
      vocabulary: 'topic',
      slug: `matter-${number}`,
      label: `Matter ${word(number)}`,
      names: Array.from({ length: NAMES }, (_, index) => ({ name: `${word(number)} ${word(index)}` })),
    });
  const summary = Array.from({ length: 1600 }, (_, index) => word(index % 300))
    .join(' ')
    .slice(0, 9990);
  for (let number = 0; number < LARGE; number += 1)
    yield line({
      type: 'event',
      id: `large-${number}`,
      kind: 'summit',
      title: `Large ${word(0)} ${word(1)}`,
      date: { edtf: '2026-12-31' },
      summary,
      topics: Array.from({ length: TOPICS }, (_, index) => `matter-${number * TOPICS + index}`),
      participants: Array.from({ length: PARTICIPANTS }, (_, index) => ({
        actor: `committee-${(number * 20 + index) % TIED}`,
        role: 'member',
      })),
    });
}
