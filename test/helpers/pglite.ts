import { Duplex } from 'node:stream';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import type { Engine } from '../../src/storage/port.ts';
import { postgresEngine } from '../../src/storage/postgres/engine.ts';
import { migrateSchema } from '../../src/storage/postgres/maintenance/migrations.ts';
import { NOW, POSTGRES_MIGRATIONS, RANDOM } from './fixtures.ts';

/** A socket to a PGlite in this process: what `pg` writes goes to it, and its answers come back. PGlite has one session, so nothing else may use it. */
class PGliteSocket extends Duplex {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#answer(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#answer(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  #answer(message: Buffer, done: (error?: Error | null) => void): void {
    this.#exchange(message).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #exchange(message: Buffer): Promise<void> {
    // The end of the connection: the database stays, for the next one.
    if (message[0] === TERMINATE) return;
    await this.#database.execProtocolRawStream(message, { onRawData: (bytes) => this.push(Buffer.from(bytes)) });
  }
}

/** The code of the message that ends a connection. */
const TERMINATE = 'X'.charCodeAt(0);

/** Connects a client of `pg` to a PGlite. One at a time may be connected. */
export async function connectTo(database: PGlite): Promise<Client> {
  // The session is that of the connection before.
  await database.exec('ROLLBACK');
  await database.exec('DISCARD ALL');
  const client = new Client({ user: 'postgres', database: 'postgres', stream: () => new PGliteSocket(database) });
  await client.connect();
  return client;
}

/** An engine on the empty tables of Annals in a PGlite, which take the place of any before. */
export async function emptyEngineOn(database: PGlite): Promise<Engine> {
  const client = await connectTo(database);
  await client.query('DROP SCHEMA IF EXISTS annals CASCADE; CREATE SCHEMA annals; SET search_path TO annals');
  await migrateSchema(client, 'annals', POSTGRES_MIGRATIONS, { now: NOW, random: RANDOM });
  await client.end();
  return postgresEngine('postgres://pglite/postgres', { soleSession: () => connectTo(database) });
}
