import type { RecordType } from '../../domain/record-type.ts';
import type { Reader } from '../../storage/port.ts';
import { recordsCitingOnly } from '../../storage/tables/references.ts';

/** A source, by its integer key and its id. */
export type ReplacedSource = { key: number; id: string };

/** The records that an import deletes, since it replaces a source and no longer has them. Memory grows with their number, not with their size. */
export type Deletions = {
  /** The source that is replaced; absent where nothing is deleted. */
  source?: ReplacedSource;
  keys: ReadonlySet<number>;
  has: (type: RecordType, id: string) => boolean;
};

/** Deletions of an import that replaces no source. */
export const NO_DELETIONS: Deletions = { keys: new Set(), has: () => false };

/** Finds the records besides the source itself that cite it, cite no other source, and are in no line. `isInLines` returns true for those that are. */
export async function findDeletions(reader: Reader, source: ReplacedSource, isInLines: (key: number) => boolean): Promise<Deletions> {
  const keys = new Set<number>();
  const names = new Set<string>();
  for (let after = 0; ; ) {
    const [rows] = await reader.read([recordsCitingOnly(source.key, after)]);
    for (const [key, type, id, isOnly] of rows) {
      if (isOnly === 0 || isInLines(key)) continue;
      keys.add(key);
      names.add(`${type}/${id}`);
    }
    if (rows.length === 0) return { source, keys, has: (type, id) => names.has(`${type}/${id}`) };
    after = rows.at(-1)![0];
  }
}
