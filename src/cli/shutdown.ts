import closeWithGrace from 'close-with-grace';
import type { buildApp } from '../app.ts';
import type { CommandContext } from './context.ts';

/** The grace period in which clients may send what they have begun and read their answers, in milliseconds. */
const GRACE = 8_000;

/** The limit of the whole shutdown, in milliseconds, after which the process fails; container runtimes kill after as long. */
const LIMIT = 10_000;

/**
 * Stops taking connections and answers the requests under way. A client that is slower than the grace period is cut off. That is not a
 * failure of the command: no acknowledged write depends on it.
 */
export async function closeGracefully({ errors }: CommandContext, app: Awaited<ReturnType<typeof buildApp>>): Promise<void> {
  const cutOff = setTimeout(() => {
    errors.write(`annals: cut off clients that took longer than ${GRACE / 1000} s\n`);
    app.server.closeAllConnections();
  }, GRACE);
  await app.close();
  clearTimeout(cutOff);
}

/** Closes on a signal, and ends the process with 0. Returns a function that removes the listeners of signals. */
export function closeOnSignal({ errors }: CommandContext, close: () => Promise<void>): () => void {
  const { uninstall } = closeWithGrace({ delay: LIMIT, logger: false }, async ({ err }) => {
    if (err) errors.write(`annals: ${err.stack}\n`);
    await close();
  });
  return uninstall;
}
