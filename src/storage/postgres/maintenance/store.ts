import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { AnnalsError } from '../../../domain/errors.ts';
import { notedVersion } from '../../index-version.ts';
import { readMigrations } from '../../migration-files.ts';
import type { Engine, EngineAddress, EngineOptions, KnownVersions } from '../../port.ts';
import type { Store } from '../../store.ts';
import { indexToRebuild, lacksMigrations, unusable } from '../../superseded.ts';
import { removeLeftovers } from '../../temporary-files.ts';
import { type Address, nameOf, parseAddress, withSchema } from '../address.ts';
import { connectTo, withClient } from '../connections.ts';
import { postgresEngine } from '../engine.ts';
import { withCopiesOf } from './copies.ts';
import { drawGeneration, migrateSchema, stateOf } from './migrations.ts';

/** The store of the PostgreSQL database that a URL names. Throws `invalid-request` for a URL that cannot be read. */
export function postgresStore(url: string, migrations: string): Store {
  const address = parseAddress(url);
  const name = nameOf(address);
  const openAs = (index: readonly number[], options?: EngineOptions): Engine =>
    engineOf(url, { schema: readMigrations(migrations).length, index }, options);

  return {
    name,
    goBack:
      'go back to a backup with the tools of PostgreSQL (pg_restore of a dump, or recovery of a base backup to a moment), then run "annals new-generation"',
    async open(options) {
      const index = await indexOf(address, migrations);
      if (index !== notedVersion()) throw indexToRebuild(name, index);
      return openAs([notedVersion()], options);
    },
    async openOutdated() {
      const index = await indexOf(address, migrations);
      return index === notedVersion() ? undefined : openAs([notedVersion(), index]);
    },
    migrate: (context) =>
      withClient(address, async (client) => ({ applied: await migrateSchema(client, address.schema, migrations, context) })),
    backUp: async () => {
      throw fileOnly('backup', `pg_dump --schema=${address.schema}, or pg_basebackup with archived logs`);
    },
    restore: async () => {
      throw fileOnly('restore', 'pg_restore of a dump, or recovery of a base backup to a moment, then run "annals new-generation"');
    },
    async newGeneration(random) {
      await indexOf(address, migrations);
      return withClient(address, (client) => drawGeneration(client, random));
    },
    clearLeftovers: (now) => [{ folder: tmpdir(), count: removeLeftovers(tmpdir(), now) }],
    refuseOutput: () => undefined,
    withCopies: (use, progress) =>
      withCopiesOf(
        {
          connect: (schema) => connectTo({ ...address, schema }),
          engineOn: (schema) => engineOf(withSchema(url, schema), { schema: readMigrations(migrations).length, index: [notedVersion()] }),
          schema: address.schema,
          migrations,
          token: randomBytes(5).toString('hex'),
          context: { now: 0, random: randomBytes },
        },
        use,
        progress,
      ),
  };
}

/** Opens an engine at the address of another one, such as in another thread. */
export const postgresEngineAt = ({ url, known }: EngineAddress): Engine => engineOf(url, known);

function engineOf(url: string, known: KnownVersions | undefined, options?: EngineOptions): Engine {
  return postgresEngine(url, { ...options, known });
}

/** The version of the index that a database with every migration notes. Rejects with `storage-unusable` for any other database. */
async function indexOf(address: Address, migrations: string): Promise<number> {
  const { applied, pending, index } = await withClient(address, (client) => stateOf(client, migrations));
  if (applied === 0) throw unusable(`there are no tables of Annals in ${nameOf(address)}: run "annals migrate"`);
  if (pending.length > 0 || index === undefined) throw lacksMigrations(nameOf(address));
  return index;
}

const fileOnly = (command: string, instead: string): AnnalsError =>
  new AnnalsError('invalid-request', `"annals ${command}" is for a database in an SQLite file: with PostgreSQL use ${instead}`);
