import type { buildApp } from '../app.ts';
import { AnnalsError } from '../domain/errors.ts';
import type { Engine } from '../storage/port.ts';

/** How often the database is looked at, in milliseconds. */
const INTERVAL = 500;

/** A database that is looked at: `stop` ends it, and `replaced` rejects once another file has taken the place of the database. */
export type Watch = { stop: () => void; replaced: Promise<never> };

/**
 * Looks at the database for as long as it is served, whether anything is asked of it or not. That a newer program has migrated it, or that
 * another file has taken its place, is logged once.
 */
export function watchDatabase(app: Awaited<ReturnType<typeof buildApp>>, engine: Engine): Watch {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearInterval(timer);
  let isMigrated = false;
  const replaced = new Promise<never>((_, reject) => {
    const look = async (): Promise<void> => {
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
    timer = setInterval(() => void look(), INTERVAL).unref();
  });
  return { stop, replaced };
}
