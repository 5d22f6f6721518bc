import type { RecordType } from '../domain/record-type.ts';
import type { Reader } from '../storage/port.ts';
import { type Chunk, forEachType, type Gathered, type Unnamed } from './gather.ts';
import { idAllocator } from './id-allocator.ts';
import type { IdNumbers } from './id-numbers.ts';
import type { OnExisting } from './options.ts';
import { type Assigned, LISTED } from './report.ts';
import { twinFinder } from './twins.ts';

/** Records of the lines that state no id. */
export type Naming = {
  /** The lines with the ids and names of all records that they make. */
  gathered: Gathered;
  /** Ids of the records of lines, by the number of the line, where they are not made from the title alone. */
  renamed: ReadonlyMap<number, string>;
  /** Numbers of the lines that are records which exist, or the record of an earlier line: nothing is done for them. */
  twins: ReadonlySet<number>;
  /** Integer keys of the records that lines are: the import relies on their existence. */
  reliedOn: ReadonlySet<number>;
  /** Returns true for an id that was given here and is new: no record may have it. */
  isAssigned: (type: RecordType, id: string) => boolean;
  assigned: Assigned[];
  moreAssigned: number;
};

/**
 * Gives every line without an id its record: the one that it equals in all it states, in the database or in an earlier line without an id, or
 * else a new one with an id as POST would give it. Two lines of one title that differ are two records. What is found holds for one attempt:
 * others may take the same ids meanwhile. `files` are the names of the files.
 */
export async function nameLines(reader: Reader, gathered: Gathered, files: readonly string[], onExisting: OnExisting): Promise<Naming> {
  const ids = idAllocator(reader, (type, id) => gathered.ids[type].has(id));
  const twins = twinFinder(reader, gathered, onExisting);
  const names = { ...gathered.names };
  const naming = {
    gathered: { ...gathered, ids: forEachTypeJoined(gathered.ids, ids.assigned), names },
    renamed: new Map<number, string>(),
    twins: new Set<number>(),
    reliedOn: new Set<number>(),
    isAssigned: (type: RecordType, id: string) => ids.assigned[type].has(id),
    assigned: [] as Assigned[],
    moreAssigned: 0,
  };
  if (gathered.unnamed === 0) return naming;

  function settle({ number, base }: Unnamed, id: string): void {
    if (id !== base) naming.renamed.set(number, id);
  }

  function file({ type, lookups }: Unnamed, id: string): void {
    if (lookups.length === 0) return;
    // The names of the lines that state their ids hold for every attempt.
    if (names[type] === gathered.names[type]) names[type] = new Map(gathered.names[type]);
    for (const key of lookups) names[type].set(key, [...(names[type].get(key) ?? []), id]);
  }

  function report(chunk: Chunk): void {
    for (const { number, index, type, base } of chunk.unnamed) {
      if (index === -1) continue;
      const record = { type, id: naming.renamed.get(number) ?? base };
      if (naming.assigned.length === LISTED) naming.moreAssigned += 1;
      else naming.assigned.push({ file: files[chunk.file]!, line: chunk.lines[index]!, record });
    }
  }

  const texts = gathered.records.texts();
  for (const chunk of gathered.chunks.items()) {
    const text = String(texts.next().value); // @NOTE one for each chunk
    const first = chunk.unnamed.filter(({ same }) => same === undefined);
    const good = first.filter(({ index }) => index !== -1);
    const found = good.length === 0 ? new Map<number, never>() : await twins.find(text, good);
    const fresh: Unnamed[] = [];
    for (const line of first) {
      const twin = found.get(line.index);
      if (!twin) {
        fresh.push(line);
        continue;
      }
      naming.twins.add(line.number);
      naming.reliedOn.add(twin.key);
      settle(line, twin.id);
    }
    for (const [index, id] of (await ids.allocate(fresh)).entries()) {
      settle(fresh[index]!, id);
      file(fresh[index]!, id);
    }
    for (const line of chunk.unnamed) {
      if (line.same === undefined) continue;
      naming.twins.add(line.number);
      settle(line, naming.renamed.get(line.same) ?? line.base);
    }
    report(chunk);
  }
  return naming;
}

/** The lines of a chunk that state no id, by their index: those whose ids are not made from the title alone, and those that are records already. */
export function namedIn(chunk: Chunk, { renamed, twins }: Naming): { ids: [index: number, id: string][]; twins: ReadonlySet<number> } {
  const ids: [number, string][] = [];
  const known = new Set<number>();
  for (const { number, index } of chunk.unnamed) {
    if (index === -1) continue;
    const id = renamed.get(number);
    if (id !== undefined) ids.push([index, id]);
    if (twins.has(number)) known.add(index);
  }
  return { ids, twins: known };
}

function forEachTypeJoined(first: Gathered['ids'], second: Gathered['ids']): Gathered['ids'] {
  const joined = forEachType<IdNumbers | undefined>(() => undefined);
  for (const type of Object.keys(joined) as RecordType[]) joined[type] = joinedIds(first[type], second[type]); // @NOTE its keys are the types
  return joined as Gathered['ids']; // @NOTE each has been set
}

/** Two sets of ids as one; what is added goes into the second. */
function joinedIds(first: IdNumbers, second: IdNumbers): IdNumbers {
  return {
    has: (id) => first.has(id) || second.has(id),
    get: (id) => first.get(id) ?? second.get(id),
    add: second.add,
    size: () => first.size() + second.size(),
    *keys() {
      yield* first.keys();
      yield* second.keys();
    },
  };
}
