import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { type Reader, statement } from '../storage/port.ts';
import { freeNumber, numbered } from '../records/free-id.ts';
import { forEachType } from './gather.ts';
import { type IdNumbers, idNumbers } from './id-numbers.ts';

/** A line that needs an id: `base` is made from its title, `number` is that of the line. */
export type Wanting = { type: RecordType; base: string; number: number };

/** Gives ids to lines, as POST would: the one made from the title, or the same with a number from 2 on when it is taken. */
export type IdAllocator = {
  /** The ids for some lines, in order. */
  allocate: (wanting: readonly Wanting[]) => Promise<string[]>;
  /** All ids that were given, with the numbers of their lines. */
  assigned: Record<RecordType, IdNumbers>;
};

/** How many numbers of one title are looked up at once. */
const SPAN = 64;

/** The numbered ids of one title: the next to try, the last one looked up, and those that the database has. */
type Series = { next: number; until: number; taken: ReadonlySet<string> };

/** An allocator for one attempt of an import. `isStated` says whether a line of the import states an id. */
export function idAllocator(reader: Reader, isStated: (type: RecordType, id: string) => boolean): IdAllocator {
  const assigned = forEachType(idNumbers);
  const allSeries = new Map<string, Series>();

  const isUsed = (type: RecordType, id: string): boolean => isStated(type, id) || assigned[type].has(id);

  async function nextNumbered(type: RecordType, base: string): Promise<string> {
    const key = `${type}/${base}`;
    const series = allSeries.get(key) ?? (await firstSeries(type, base));
    allSeries.set(key, series);
    for (;;) {
      if (series.next > series.until) {
        series.until = series.next + SPAN - 1;
        const ids = Array.from({ length: SPAN }, (_, index) => numbered(base, series.next + index));
        series.taken = await stored(reader, type, ids);
      }
      const id = numbered(base, series.next++);
      if (!series.taken.has(id) && !isUsed(type, id)) return id;
    }
  }

  /** Numbers begin with the one that POST would give. */
  async function firstSeries(type: RecordType, base: string): Promise<Series> {
    const next = Math.max(2, await freeNumber(reader, type, base));
    return { next, until: next - 1, taken: new Set() };
  }

  return {
    assigned,
    async allocate(wanting) {
      const taken = forEachType<ReadonlySet<string>>(() => new Set());
      for (const type of RECORD_TYPES) {
        const bases = wanting.filter((each) => each.type === type).map(({ base }) => base);
        if (bases.length > 0) taken[type] = await stored(reader, type, bases);
      }
      const ids: string[] = [];
      for (const { type, base, number } of wanting) {
        const id = taken[type].has(base) || isUsed(type, base) ? await nextNumbered(type, base) : base;
        assigned[type].add(id, number);
        ids.push(id);
      }
      return ids;
    },
  };
}

/** Those of the ids that records of the type have. */
async function stored(reader: Reader, type: RecordType, ids: readonly string[]): Promise<Set<string>> {
  const [rows] = await reader.read([
    statement<[id: string]>(
      'SELECT r.slug FROM json_each(?) j CROSS JOIN records r ON r.type = ? AND r.slug = j.value',
      JSON.stringify(ids),
      type,
    ),
  ]);
  return new Set(rows.map(([id]) => id));
}
