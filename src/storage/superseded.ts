import { AnnalsError, type Reason } from '../domain/errors.ts';
import { definitionIn, INDEX_VERSION } from './index-version.ts';

/** The error of a database that this program cannot use. */
export function unusable(message: string, reason?: Reason): AnnalsError {
  return new AnnalsError('storage-unusable', message, [], { reason });
}

/** The error of a database of a name that lacks migrations of this program. */
export const lacksMigrations = (name: string): AnnalsError => unusable(`${name} lacks migrations: run "annals migrate"`);

/** The error of a database of a name whose index, of another version, is to be rebuilt before it is used. */
export function indexToRebuild(name: string, version: number): AnnalsError {
  const maker =
    definitionIn(version) < INDEX_VERSION ? 'an older Annals' : 'an Annals on another release of Node, which orders letters otherwise,';
  return unusable(`${maker} made the index of ${name}: run "annals migrate", which rebuilds it`);
}

/** The error of a program that finds a migration which it does not know: `schema` is its number, and `known` that of the newest known one. */
export const migratedPast = (schema: number, known: number): AnnalsError =>
  passed(`migrated the database, which has migration ${schema}, and this program knows ${known}`);

/** The error of a program that finds an index of another version than those it knows. */
export function indexedOtherwise(version: number): AnnalsError {
  const definition = definitionIn(version);
  return definition === INDEX_VERSION
    ? new AnnalsError('storage-migrated', OTHER_ORDER, [], { reason: 'newer' })
    : passed(`rebuilt the index, which is of version ${definition}, and this program knows ${INDEX_VERSION}`);
}

const OTHER_ORDER =
  'an Annals on another release of Node, which orders letters otherwise, has rebuilt the index: this one writes nothing more; run all of them on one release of Node';

const passed = (what: string): AnnalsError =>
  new AnnalsError('storage-migrated', `a newer Annals has ${what}: it writes nothing more; start the newer release in its place`, [], {
    reason: 'newer',
  });
