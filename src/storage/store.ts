import type { Progress } from '../domain/progress.ts';
import type { Randomness } from '../domain/token.ts';
import type { Engine, EngineOptions } from './port.ts';

/** The instant of an operation, in milliseconds since 1970-01-01 UTC, and the randomness that it draws a generation from. */
export type RunContext = { now: number; random: Randomness };

/** The migrations that were applied, and the path of the copy of the database before them. */
export type MigrationReport = { applied: string[]; copy?: string };

/** The result of a restore: the path of the replaced file, where there was one, and a sentence for each API key that differs. */
export type RestoreResult = { keptAs: string | undefined; keys: string[] };

/** A folder, and the number of unfinished files of killed processes that were removed from it. */
export type ClearedFolder = { folder: string; count: number };

/** The database that DATABASE_URL names, and every operation on it as a whole. Paths and connections stay behind this interface. */
export interface Store {
  /** The name of the database in messages to the operator. */
  readonly name: string;
  /** Advice how to go back to a backup, a part of a sentence. */
  readonly goBack: string;
  /** Opens the database. Rejects with `storage-unusable` when it is missing, damaged at first sight, lacks a migration, or has an older index. */
  open(options?: EngineOptions): Promise<Engine>;
  /** Opens the database if an older definition made its index, which is rebuilt before anything else is read. Throws as `open`. */
  openOutdated(): Promise<Engine | undefined>;
  /** Makes the database, or brings it to the newest migration after a copy was made. Throws `storage-unusable` and `storage-busy`. */
  migrate(context: RunContext): Promise<MigrationReport>;
  /**
   * Copies the database, whatever its migrations, to a file, with a generation of its own. Throws `invalid-request` where the file would take
   * the place of a database in use or of a file beside one, `storage-unusable` and `storage-full`.
   */
  backUp(to: string, context: RunContext, progress: Progress): Promise<void>;
  /** Puts a copy of a file that `backUp` wrote in the place of the database, as `restoreDatabase` does. */
  restore(from: string, context: RunContext): Promise<RestoreResult>;
  /** Draws a new generation, also while a server has the database open. Throws `storage-busy` and `storage-unusable`. */
  newGeneration(random: Randomness): Promise<string>;
  /** Removes what killed processes have left beside the database and in the folder of temporary files. */
  clearLeftovers(now: number): ClearedFolder[];
  /** Refuses to write a file, which is no database, onto this database, onto another, or onto what belongs to one. Throws `invalid-request`. */
  refuseOutput(to: string): void;
  /** Copies the database as it is at this moment to temporary files, which are gone when `use` is done. Throws `storage-full`. */
  withCopies<Result>(use: (copies: Copies) => Promise<Result>, progress: Progress): Promise<Result>;
}

/** Two copies of one moment of the database: one as it was, and one to rebuild and to compare with it. Throws `storage-full`. */
export interface Copies {
  /** Returns a sentence for each fault of the file itself. Throws `storage-unusable` for a file that is no database. */
  faults(): Promise<string[]>;
  /** Compares the schema with that of the migrations. */
  schemaFaults(): Promise<SchemaFault[]>;
  /** Makes the second copy, without the foreign triggers and indexes among `schema`, and passes an engine on it to `use`. */
  rebuild<Result>(use: (engine: Engine) => Promise<Result>, schema?: readonly SchemaFault[]): Promise<Result>;
  /** Passes a comparison of both copies to `use`. */
  compare<Result>(use: (comparison: Comparison) => Promise<Result> | Result): Promise<Result>;
}

/**
 * An object that the migrations do not make, one that is missing, or one of another definition. `name`, and `of`, which is the table of a
 * column, are quoted as SQL wants it.
 */
export type SchemaFault = { fault: 'foreign' | 'missing' | 'changed'; type: string; name: string; of?: string };

/**
 * Rows of a database that are compared with those of another. `sql` returns them in the order of their first `key` columns, which tell rows apart;
 * it must follow an index, so that rows are read one after the other. Rows of one key are joined where there may be several. With `mayHaveMore`, rows
 * that only the kept database has are no difference.
 */
export type ComparedRows = { sql: string; key: number; several?: true; mayHaveMore?: true };

/** A row of a comparison, texts and BLOBs as text. */
export type TableRow = readonly (string | number | null)[];

/** A row as it is and as it should be, absent where only one of them is there. `next` are the next rows of both, whatever their keys. */
export type Mismatch = { was?: TableRow; is?: TableRow; next: [was: TableRow | undefined, is: TableRow | undefined] };

/** Two open copies of one database: as it was kept, and as a rebuild makes it. */
export type Comparison = {
  /** Yields all differences of some rows, in order. Throws or rejects with `storage-unusable`. */
  differences: (rows: ComparedRows) => AsyncIterable<Mismatch>;
  close: () => void | Promise<void>;
};
