import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordType } from '../../src/domain/record-type.ts';
import { entryOf } from '../../src/index/entry.ts';
import { modelOf } from '../../src/model/models.ts';
import { momentsOf, type ValidatedRecord } from '../../src/model/record.ts';
import { INDEX_VERSION } from '../../src/storage/index-version.ts';

/** The digest of the entries of some records, by the version of the definition. */
const DIGESTS: Record<number, string> = {
  1: 'fc2ab5c72062d39db6b57da51b0402ad980458f71a561788a18e81311517e43a',
  2: 'f27310939d5ade9450ab6fa131033219c3bf01e1d2842e254f966e0b2ae38640',
  3: 'f27310939d5ade9450ab6fa131033219c3bf01e1d2842e254f966e0b2ae38640', // The same entries, counted by another month, too.
  4: 'f27310939d5ade9450ab6fa131033219c3bf01e1d2842e254f966e0b2ae38640',
};

const RECORDS = join(import.meta.dirname, '../storage/release-before/records.ndjson');

test('a change of the definition raises its version, so that every database is rebuilt', () => {
  const lines = readFileSync(RECORDS, 'utf8').trim().split('\n');
  const entries = lines.map((line, index) => {
    const { type, ...record } = JSON.parse(line) as ValidatedRecord & { type: RecordType };
    const model = modelOf[type];
    const key = index + 1;
    const momentKeys = momentsOf(model, record).map((_, ordinal) => 10 * key + ordinal);
    return entryOf(model, record, { key, momentKeys }, ['event/flood']);
  });
  expect(createHash('sha256').update(JSON.stringify(entries)).digest('hex')).toBe(DIGESTS[INDEX_VERSION]);
});
