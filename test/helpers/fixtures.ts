import { join } from 'node:path';
import { base32 } from '../../src/domain/token.ts';
import { EXAMPLES_RANDOM } from '../../src/http/contract/generate.ts';

/** The instant at which every test happens: 2026-11-21T10:00:00.000Z. */
export const NOW = Date.UTC(2026, 10, 21, 10);

/** Fixed randomness of every test: the generation of its databases is `GENERATION`. */
export const RANDOM = EXAMPLES_RANDOM;

/** The generation that `RANDOM` makes. */
export const GENERATION = base32(RANDOM(5));

/** The folder of migrations, wherever the tests run. */
export const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/** The folder with the migrations of SQLite. */
export const SQLITE_MIGRATIONS = join(MIGRATIONS, 'sqlite');

/** The folder with the migrations of PostgreSQL. */
export const POSTGRES_MIGRATIONS = join(MIGRATIONS, 'postgres');

/** The folder of seeds. */
export const SEEDS = join(import.meta.dirname, '../../seeds');
