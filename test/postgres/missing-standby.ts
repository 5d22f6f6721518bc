import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { PostgresServer } from './server.ts';

/** Connects to a server as its superuser. */
export async function superuserOf(server: PostgresServer): Promise<pg.Client> {
  const client = new pg.Client(server.urlOf('postgres').replace('//annals:', '//postgres:'));
  await client.connect();
  return client;
}

/** Makes the commits of a server wait for a standby that is not there, until `giveUp` or the end of the test. */
export async function missingStandby(server: PostgresServer): Promise<{ giveUp: () => Promise<void> }> {
  const [operator, other] = [await superuserOf(server), await superuserOf(server)];
  let isOver = false;
  let waiting: Promise<unknown> | undefined;
  async function giveUp(): Promise<void> {
    if (isOver) return;
    isOver = true;
    await operator.query('ALTER SYSTEM RESET synchronous_standby_names');
    await operator.query('SELECT pg_reload_conf()');
    await waiting;
    await Promise.all([operator.end(), other.end()]);
  }
  onTestFinished(giveUp);
  await operator.query(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`);
  await operator.query('SELECT pg_reload_conf()');
  // The processes of the server read the setting one after the other.
  for (let isWaiting = false; !isWaiting; ) {
    waiting = other.query(`COMMENT ON DATABASE postgres IS 'a change'`);
    isWaiting = await Promise.race([waiting.then(() => false), setTimeout(300, true)]);
  }
  return { giveUp };
}
