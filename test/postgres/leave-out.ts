import { relative } from 'node:path';
import { beforeEach } from 'vitest';
import { reasonAgainst } from './sqlite-only.ts';

const ROOT = import.meta.dirname.replace(/test.postgres$/, '');

/** Leaves out the tests that are of SQLite. */
beforeEach(({ task, skip }) => {
  const [file, ...names] = [relative(ROOT, task.file.filepath), ...task.fullTestName.split(' > ')];
  const reason = reasonAgainst(file, names.join(' > '));
  if (reason !== undefined) skip(reason);
});
