import type { buildApp } from '../app.ts';
import { AnnalsError } from '../domain/errors.ts';
import type { Engine } from '../storage/engine.ts';

/** How often the database is looked at, in milliseconds. */
const INTERVAL = 500;

/**
 * Looks at the database for as long as it is served, whether anything is asked of it or not, and logs once that a newer program has migrated
 * it. Returns what stops it.
 */
export function watchDatabase(app: Awaited<ReturnType<typeof buildApp>>, engine: Engine): () => void {
  let isSaid = false;
  const look = async (): Promise<void> => {
    try {
      await engine.refuseSuperseded();
    } catch (error) {
      if (isSaid || !(error instanceof AnnalsError) || error.code !== 'storage-migrated') return;
      isSaid = true;
      app.log.error({ err: error }, error.message);
    }
  };
  const timer = setInterval(() => void look(), INTERVAL).unref();
  return () => clearInterval(timer);
}
