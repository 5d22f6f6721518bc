import { openStore, type Store } from '../../src/storage/maintenance/store.ts';
import { MIGRATIONS } from './fixtures.ts';

/** The store of the database at a path. */
export const storeAt = (path: string, migrations = MIGRATIONS): Store => openStore(`file:${path}`, migrations);
