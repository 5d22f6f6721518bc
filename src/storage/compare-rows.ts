import type { Value } from './port.ts';
import type { ComparedRows, Mismatch, TableRow } from './store.ts';

/** Rows in the order of their key, some hundreds at a time. */
export type RowChunks = AsyncGenerator<readonly TableRow[], undefined>;

/** Yields the differences of the rows of two databases, in order. `progress` is told of each row. */
export async function* differencesOf(
  [kept, rebuilt]: readonly [RowChunks, RowChunks],
  { key, several, mayHaveMore }: ComparedRows,
  progress: () => void,
): AsyncGenerator<Mismatch> {
  const [was, is] = [kept, rebuilt].map((chunks) => walker(several ? joined(chunks, key) : chunks)) as [Walker, Walker]; // @NOTE two
  try {
    for (;;) {
      if (!was.isReady()) await was.fill();
      if (!is.isReady()) await is.fill();
      const [one, other] = [was.row(), is.row()];
      if (!one && !other) return;
      progress();
      const order = one && other ? compareKeys(one, other, key) : one ? -1 : 1;
      const next: Mismatch['next'] = [one, other];
      if (order < 0 && !mayHaveMore) yield { was: one!, next };
      else if (order > 0) yield { is: other!, next };
      else if (order === 0 && !isSame(one!, other!)) yield { was: one!, is: other!, next };
      if (order <= 0) was.step();
      if (order >= 0) is.step();
    }
  } finally {
    await Promise.all([kept.return(undefined), rebuilt.return(undefined)]);
  }
}

type Walker = ReturnType<typeof walker>;

/** The rows of chunks, one after the other, without a promise for each. */
function walker(chunks: RowChunks) {
  let chunk: readonly TableRow[] = [];
  let at = 0;
  let isOver = false;
  return {
    isReady: () => at < chunk.length || isOver,
    async fill(): Promise<void> {
      const { done, value } = await chunks.next();
      [chunk, at, isOver] = [value ?? [], 0, done === true];
      if (!done && chunk.length === 0) await this.fill();
    },
    row: (): TableRow | undefined => chunk[at],
    step: () => void (at += 1),
  };
}

/** A row of its key and the rest of all rows that have it. */
const closed = ({ of, rest }: { of: TableRow; rest: string[] }): TableRow => [...of, rest.join(' ')];

/** Joins the rows of one key, with the rest of each as one text. */
async function* joined(chunks: RowChunks, key: number): RowChunks {
  let open: { of: TableRow; rest: string[] } | undefined;
  for await (const chunk of chunks) {
    const rows: TableRow[] = [];
    for (const row of chunk) {
      const of = row.slice(0, key);
      const rest = row.slice(key).join('');
      if (open && isSame(open.of, of)) open.rest.push(rest);
      else {
        if (open) rows.push(closed(open));
        open = { of, rest: [rest] };
      }
    }
    yield rows;
  }
  if (open) yield [closed(open)];
  return undefined;
}

const isSame = (one: TableRow, other: TableRow): boolean => one.every((value, column) => value === other[column]);

function compareKeys(one: TableRow, other: TableRow, key: number): number {
  for (let column = 0; column < key; column += 1) {
    const [a, b] = [one[column]!, other[column]!];
    if (a === b) continue;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    // Both engines compare texts by the bytes of their UTF-8.
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  }
  return 0;
}

/** A row as it is compared: BLOBs as text. */
export const comparable = (row: readonly Value[]): TableRow =>
  row.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : typeof value === 'bigint' ? String(value) : value));
