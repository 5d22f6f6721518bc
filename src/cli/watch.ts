import type { buildApp } from '../app.ts';
import { AnnalsError } from '../domain/errors.ts';
import type { Engine } from '../storage/port.ts';

/** The interval of the checks, in milliseconds. */
const INTERVAL = 500;

/**
 * Checks regularly, also without requests, that no newer program has migrated the database and no other file has taken its place. Each is
 * logged once. `stop` ends the watch, and `replaced` rejects once another file has taken the place of the database.
 */
export function watchDatabase(app: Awaited<ReturnType<typeof buildApp>>, engine: Engine) {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearInterval(timer);
  let isMigrated = false;
  const replaced = new Promise<never>((_, reject) => {
    const check = async (): Promise<void> => {
      try {
        await engine.refuseSuperseded();
      } catch (error) {
        if (!(error instanceof AnnalsError)) return;
        if (error.reason === 'replaced') {
          stop();
          app.log.fatal({ err: error }, error.message);
          reject(error);
        } else if (error.code === 'storage-migrated' && !isMigrated) {
          isMigrated = true;
          app.log.error({ err: error }, error.message);
        }
      }
    };
    timer = setInterval(() => void check(), INTERVAL).unref();
  });
  return { stop, replaced };
}
