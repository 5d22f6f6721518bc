import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { dropDatabase, makeDatabase } from '../../postgres/databases.ts';
import { startPostgres } from '../../postgres/server.ts';
import type { Side } from '../run/against.ts';
import { HERE } from './annals.ts';

const NAME = 'bench';

/** This build on a database of a new PostgreSQL server with its own settings, and the end of the server. */
export async function postgresSide(of: string): Promise<{ side: Side; version: string; stop: () => Promise<void> }> {
  const { urlOf, pid, version, stop } = await startPostgres({}, tmpdir());
  const database = urlOf(NAME);
  let isMade = false;
  const ask = async (sql: string): Promise<unknown> => {
    const client = new pg.Client(database);
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    await client.end();
    return rows[0]?.[0];
  };
  const side: Side = {
    of,
    folder: HERE,
    database,
    async remake() {
      if (isMade) await dropDatabase(database);
      await makeDatabase(database, NAME);
      isMade = true;
    },
    // Autovacuum does so within minutes, in the middle of what is measured.
    settle: async () => void (await ask('VACUUM ANALYZE')),
    size: async () => Number(await ask('SELECT pg_database_size(current_database())')),
    memory: () => memoryOfTree(pid),
  };
  return { side, version, stop };
}

/** The memory of a process and its children in MB, with what they share counted once. */
function memoryOfTree(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [String(pid), ...children].reduce((sum, each) => sum + proportionalMemoryOf(each), 0);
}

function proportionalMemoryOf(pid: string): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
}
