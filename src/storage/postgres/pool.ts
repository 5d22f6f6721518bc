import type { Client } from 'pg';
import { AnnalsError } from '../../domain/errors.ts';
import { configure, type Connect, type Settings } from './connections.ts';
import { asStorageError, ConnectionLost, isUnreachable } from './errors.ts';
import { type Session, sessionOf } from './pipeline.ts';

/** Sessions that are borrowed by one user after another, and are opened when they are needed. */
export interface SessionPool {
  /**
   * Passes a session to `use` that nothing else uses until it is done. If `use` rejects with `ConnectionLost`, it is called once more with another session:
   * the server may have been started again, or another may have become the primary.
   */
  with<Result>(use: (session: Session) => Promise<Result>): Promise<Result>;
  /** Closes all sessions after those that are in use. */
  close(): Promise<void>;
}

/** A connection of a pool. */
type Connection = { client: Client; session: Session; isLost: boolean };

/** The size of a pool, and the interval, in milliseconds, at which the server of a session that waits is asked whether it is there: never if undefined. */
type PoolOptions = { size: number; watch?: number | undefined };

/** A pool of at most `size` sessions. The one used last is used first, as its statements are prepared. */
export function sessionPool(connect: Connect, settings: Settings, { size, watch }: PoolOptions): SessionPool {
  const idle: Connection[] = [];
  const waiting: (() => void)[] = [];
  let inUse = 0;
  let settled: (() => void) | undefined;

  async function open(): Promise<Connection> {
    try {
      const client = await connect();
      const connection: Connection = { client, session: sessionOf(client), isLost: false };
      const lose = () => discard(connection);
      client.on('error', lose);
      client.on('end', lose);
      await configure(client, settings);
      return connection;
    } catch (error) {
      throw asStorageError(error);
    }
  }

  /** Forgets a connection that is lost, and all that are idle: they are likely to be lost as well. */
  function discard(lost: Connection): void {
    if (lost.isLost) return;
    lost.isLost = true;
    for (const { client } of [lost, ...idle.splice(0)]) client.end().catch(() => undefined);
  }

  async function take(): Promise<void> {
    if (inUse >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    else inUse += 1;
  }

  function release(): void {
    const next = waiting.shift();
    if (next) {
      next();
      return;
    }
    inUse -= 1;
    if (inUse === 0) settled?.();
  }

  async function withConnection<Result>(use: (session: Session) => Promise<Result>): Promise<Result> {
    const connection = idle.pop() ?? (await open());
    const watching = watch === undefined ? undefined : setInterval(() => void endIfGone(connection.client, connect), watch);
    try {
      return await use(connection.session);
    } catch (error) {
      if (error instanceof ConnectionLost) discard(connection);
      throw error;
    } finally {
      clearInterval(watching);
      if (!connection.isLost) idle.push(connection);
    }
  }

  return {
    async with(use) {
      await take();
      try {
        return await withConnection(use);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        return await withConnection(use);
      } finally {
        release();
      }
    },
    async close() {
      if (inUse > 0) await new Promise<void>((resolve) => (settled = resolve));
      await Promise.all(idle.splice(0).map(({ client }) => client.end()));
    },
  };
}

/**
 * Ends a connection whose server does not accept another one, or is not the primary any more. The system would wait many minutes for the answer of a server
 * that the network has lost; nothing is canceled on a server that is there.
 */
async function endIfGone(client: Client, connect: Connect): Promise<void> {
  let isThere: boolean;
  try {
    const other = await connect();
    isThere = other.host === client.host && other.port === client.port;
    void other.end().catch(() => undefined);
  } catch (error) {
    // A server that says no is there, such as one without room for another connection.
    isThere = !(error instanceof AnnalsError && isUnreachable(error.cause));
  }
  if (!isThere) client.connection.stream.destroy();
}
