import closeWithGrace from 'close-with-grace';
import type { buildApp } from '../app.ts';
import type { Engine } from '../storage/port.ts';
import type { Surroundings } from './surroundings.ts';

/** How long clients may take to send what they have begun and to read what they are sent, in milliseconds. */
const GRACE = 8_000;

/** How long the whole may take, after which the process ends as failed; container runtimes kill after as long. */
const LIMIT = 10_000;

/**
 * What ends the service: it takes no new connections, answers what was asked, and closes the database. A client that is slower than the
 * grace is cut off, which is its own fault and no failure of the command: nothing that was acknowledged depends on it.
 */
export function closing(
  { errors }: Surroundings,
  app: Awaited<ReturnType<typeof buildApp>>,
  engine: Engine,
  stopWatching: () => void,
): () => Promise<void> {
  return async () => {
    stopWatching();
    const cutOff = setTimeout(() => {
      errors.write(`annals: cut off clients that took longer than ${GRACE / 1000} s\n`);
      app.server.closeAllConnections();
    }, GRACE);
    await app.close();
    clearTimeout(cutOff);
    await engine.close();
  };
}

/** Closes on a signal, and ends with 0. Returns what takes that back. */
export function closeOnSignal({ errors }: Surroundings, close: () => Promise<void>): () => void {
  const { uninstall } = closeWithGrace({ delay: LIMIT, logger: false }, async ({ err }) => {
    if (err) errors.write(`annals: ${err.stack}\n`);
    await close();
  });
  return uninstall;
}
