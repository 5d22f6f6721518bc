import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordType } from '../../src/domain/record-type.ts';
import { sortKey } from '../../src/domain/text/sort-key.ts';
import { entryOf } from '../../src/index/entry.ts';
import { withTodaysFields } from '../../src/model/former-names.ts';
import { modelOf } from '../../src/model/models.ts';
import { momentsOf, titleOf, type ValidatedRecord } from '../../src/model/record.ts';
import { INDEX_VERSION } from '../../src/storage/index-version.ts';

/** The digest of the entries of some records, by the version of the definition. */
const DIGESTS: Record<number, string> = {
  1: 'fc2ab5c72062d39db6b57da51b0402ad980458f71a561788a18e81311517e43a',
  2: 'f27310939d5ade9450ab6fa131033219c3bf01e1d2842e254f966e0b2ae38640',
  3: 'f27310939d5ade9450ab6fa131033219c3bf01e1d2842e254f966e0b2ae38640', // The same entries, counted by another month, too.
  4: 'b0731dae239e95a1c2f4bde04342914efed6ea87fe198f67b07d3cb078efd125',
  5: '4ad5bd72e9597ac6ad0b41c376b15c8268bf72d82aceb7d6cfce9e5eddd1a2d7',
  6: 'a3eb2aa63af39a510bf7fb948c2ab6217e632018d0a869a25d252ae64303cc94',
};

/** The digest of the sort keys of their titles, which are ASCII: the order of other letters has its own part of the version. */
const KEY_DIGESTS: Record<number, string> = {
  4: '53e0aa3330a6fc8a30ed6b18f1e363ead064ce29466f74c1a5d2ffa186c866a8',
  5: '53e0aa3330a6fc8a30ed6b18f1e363ead064ce29466f74c1a5d2ffa186c866a8',
  6: '53e0aa3330a6fc8a30ed6b18f1e363ead064ce29466f74c1a5d2ffa186c866a8',
};

const RECORDS = join(import.meta.dirname, '../storage/release-before/records.ndjson');

test('a change of the definition raises its version, so that every database is rebuilt', () => {
  const entries = recordsOfReleaseBefore().map(({ model, record }, index) => {
    const key = index + 1;
    const momentKeys = momentsOf(model, record).map((_, ordinal) => 10 * key + ordinal);
    return entryOf(model, record, { key, momentKeys }, ['event/flood']);
  });
  expect(digestOf(entries)).toBe(DIGESTS[INDEX_VERSION]);
});

test('a change of the keys of titles raises the version of the definition', () => {
  const titles = recordsOfReleaseBefore().map(({ model, record }) => titleOf(model, record));
  const keys = [...titles, '8967th meeting', "The people's war, 1941-45"].filter((title) => /^\p{ASCII}*$/u.test(title)).map(sortKey);
  expect(digestOf(keys)).toBe(KEY_DIGESTS[INDEX_VERSION]);
});

const digestOf = (values: unknown): string => createHash('sha256').update(JSON.stringify(values)).digest('hex');

function recordsOfReleaseBefore() {
  const lines = readFileSync(RECORDS, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { type, ...record } = JSON.parse(line) as ValidatedRecord & { type: RecordType };
    const model = modelOf[type];
    return { model, record: withTodaysFields(model, record) as ValidatedRecord }; // @NOTE a record that passed the schema of its release
  });
}
