/**
 * Tests that are of SQLite alone, with the reason for which PostgreSQL does not run them: files, and single tests as the file, ` > ` and the beginning of
 * the name with those of its groups before it, where `*` stands for any.
 */
export const sqliteOnly: readonly { reason: string; tests: readonly string[] }[] = [
  {
    reason: 'the file of a database: its backups, replacements, faults and what lies beside it',
    tests: [
      'test/cli/backup.test.ts',
      'test/cli/bad-databases.test.ts',
      'test/cli/generations.test.ts',
      'test/cli/leftovers.test.ts',
      'test/cli/restore.test.ts',
      'test/storage/generation.test.ts',
      'test/storage/maintenance/*.test.ts',
      'test/storage/migrations.test.ts',
      'test/storage/release-before/*.test.ts',
      'test/storage/superseded.test.ts',
    ],
  },
  {
    reason: 'the engine of SQLite: its threads, locks, log and statements',
    tests: [
      'test/http/heavy-reads.test.ts',
      'test/http/limits/deliveries.test.ts',
      'test/http/limits/overload.test.ts',
      'test/http/log.test.ts',
      'test/query/query-plans.test.ts',
      'test/storage/checkpoints.test.ts',
      'test/storage/engine.test.ts',
      'test/storage/reader-pool.test.ts',
      'test/storage/reads.test.ts',
      'test/walks/walks.test.ts',
    ],
  },
  {
    reason: 'the tables of SQLite, which they read past the engine',
    tests: [
      'test/index/bulk/bulk-writer.test.ts',
      'test/index/differences.test.ts',
      'test/index/entry.test.ts',
      'test/index/levels.test.ts',
      'test/query/derived-tables.test.ts',
      'test/records/check.test.ts',
      'test/records/reindex-beside.test.ts',
      'test/storage/index-version.test.ts',
      'test/storage/tables.test.ts',
      'test/cli/check.test.ts > annals check > finds nothing in a sound database',
      'test/cli/check.test.ts > annals check > lists the derived data that differs',
      'test/cli/check.test.ts > annals check > reports damage that no rebuild repairs',
      'test/cli/check.test.ts > annals check > reports a missing generation',
      'test/cli/check.test.ts > annals check > finds a damaged page',
      'test/http/limits/log.test.ts > an overload is one warning without a stack',
      'test/http/response-cache.test.ts > no cached response is stale > after 200 commits of another process',
      'test/http/statuses.test.ts > * > returns 503',
      'test/http/statuses.test.ts > * > returns 507',
      'test/http/texts.test.ts > a text of which only the paragraphs are kept',
      'test/import/import.test.ts > an import into an empty database keeps the schema of every index',
      'test/import/import.test.ts > an import into an empty database writes the full text as one segment',
      'test/import/texts.test.ts > an export > has the paragraphs of a text of which no more is kept',
      'test/http/times-of-meetings.test.ts > what an older release has stored',
      'test/records/reindex.test.ts',
      'test/records/together.test.ts > a write that the index refuses fails alone',
      'test/records/verify.test.ts > without a folder > a stored text that was damaged',
    ],
  },
  {
    reason: 'no database, or databases of both engines, which the tests bring themselves',
    tests: [
      'test/bench/**',
      'test/domain/**',
      'test/storage/both-engines.test.ts',
      'test/storage/full-text.test.ts',
      'test/storage/postgres/**',
    ],
  },
];

/** Whether an entry of the list is a file. */
const isFile = (test: string): boolean => !test.includes(' > ');

/** The files of the list. */
export const sqliteOnlyFiles: readonly string[] = sqliteOnly.flatMap(({ tests }) => tests.filter(isFile));

/** The reason for which PostgreSQL does not run a test, by its file and its name with those of its groups; undefined where it does. */
export const reasonAgainst = (file: string, name: string): string | undefined =>
  sqliteOnly.find(({ tests }) => tests.some((each) => !isFile(each) && beginningOf(each).test(`${file} > ${name}`)))?.reason;

const beginningOf = (test: string): RegExp =>
  new RegExp(
    `^${test
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}`,
  );
