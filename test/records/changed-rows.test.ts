import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEntryType } from '../../src/domain/record-type.ts';
import { assemble } from '../../src/records/document/assemble.ts';
import { mergePatch } from '../../src/domain/json/merge-patch.ts';
import type { Annals } from '../../src/records/annals.ts';
import { validate } from '../../src/model/record.ts';
import { create } from '../../src/records/create.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { RECORD_TYPES } from '../../src/domain/record-type.ts';
import { expand } from '../../src/storage/dialect.ts';
import { type Statement, statement } from '../../src/storage/port.ts';
import { sqliteDialect } from '../../src/storage/sqlite/dialect.ts';
import { arbitraryRecord, KNOWN_LINES } from '../helpers/arbitrary-records.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { idFieldsOf, idOf } from '../helpers/record-ids.ts';
import { importLines } from '../helpers/transfer.ts';

/** The tables in which statements write, in order. */
const tablesOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(
    ({ sql }) => /^(?:DELETE FROM|INSERT (?:OR \w+ )?INTO|UPDATE(?: OR FAIL)?) (\w+)/.exec(expand(sql, sqliteDialect))?.slice(1) ?? [],
  );

/** The service with an engine that keeps all statements it writes in `written`. */
function recordWrites(annals: Annals): { recorded: Annals; written: Statement[] } {
  const written: Statement[] = [];
  const write = (batch: readonly Statement[]) => {
    written.push(...batch);
    return annals.engine.write(batch);
  };
  return { recorded: { ...annals, engine: { ...annals.engine, write } }, written };
}

const INDEX_TABLES = new Set(['terms', 'postings', 'monthly_counts', 'vocabulary', 'lookups', 'search', 'word_forms', 'nearby']);
const TERMS = ['terms', 'postings', 'monthly_counts'];

test.each<[field: string, patch: object, tables: string[], index: string[]]>([
  ['a note', { note: 'Read again.' }, ['events'], []],
  ['a summary of known words', { summary: 'A group.' }, ['events'], ['search']],
  ['the status', { status: 'disputed' }, ['events', 'moments'], [...TERMS, 'vocabulary', 'search']],
  ['the topics', { topics: ['peace'] }, ['topics'], [...TERMS, 'vocabulary', 'search', 'word_forms']],
  ['a citation', { citations: [{ source: 's' }] }, ['citations'], []],
  ['who takes part', { participants: [{ actor: 'b', role: 'host' }] }, ['participations'], [...TERMS, 'search']],
  // A moment bears the title.
  ['the title', { title: 'Another' }, ['moments'], ['search', 'word_forms']],
])('a patch of %s writes only the changed rows', async (_field, patch, tables, index) => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    { type: 'actor', id: 'a', kind: 'group', name: 'A' },
    { type: 'actor', id: 'b', kind: 'group', name: 'B' },
    { type: 'source', id: 's', kind: 'book', title: 'S' },
  ]);
  const body = {
    id: 'e',
    kind: 'visit',
    title: 'A visit',
    date: { edtf: '2001' },
    participants: [{ actor: 'a', role: 'host' }],
    topics: ['war'],
    citations: [{ source: 's', page: '1' }],
    figures: [{ label: 'deaths', value: 3, unit: 'people', qualifier: 'exact' }],
  };
  await create(annals, modelOf.event, body);
  const { recorded, written } = recordWrites(annals);
  await update(recorded, modelOf.event, 'e', patch);
  const changed = tablesOf(written);
  expect(new Set(changed.filter((table) => !INDEX_TABLES.has(table)))).toEqual(new Set(['records', ...tables, 'changes']));
  expect(new Set(changed.filter((table) => INDEX_TABLES.has(table)))).toEqual(new Set(index));
  expect(changed.filter((table) => table === 'search')).toHaveLength(index.includes('search') ? 2 : 0);
});

test.each(RECORD_TYPES)('a change of any fields of a %s writes the rows of the new record', async (type) => {
  const annals = await temporaryAnnals();
  await importLines(annals, KNOWN_LINES);
  const model = modelOf[type];
  let made = 0;
  const record = arbitraryRecord(type);
  await fc.assert(
    fc.asyncProperty(record, record, fc.infiniteStream(fc.boolean()), async (before, after, coins) => {
      const name = `changed-${(made += 1)}`;
      const [id, given] = [idOf(type, name), idFieldsOf(type, name)];
      await create(annals, model, { ...before, ...given });
      const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !(field in given) && field !== 'type');
      const changed = fields.filter(() => coins.next().value);
      // A field that the other has not is cleared, unless the type must have it.
      const patch = Object.fromEntries(changed.map((field) => [field, after[field] ?? null]));
      await update(annals, model, id, patch);
      const [[row]] = await annals.engine.read([statement<[number]>('SELECT id FROM records WHERE type = ? AND slug = ?', type, id)]);
      const { records } = await assemble(annals.engine, { first: row![0], last: row![0] });
      const status = isEntryType(model.type) ? { status: 'occurred' } : {};
      expect(records[0]!.input).toEqual({ ...status, ...validate(model, mergePatch({ ...before, ...given }, patch)) });
    }),
    { numRuns: 40 },
  );
});

test('a patch that removes the first of many items renumbers the others in few statements', async () => {
  const annals = await temporaryAnnals();
  const topics = Array.from({ length: 100 }, (_, number) => `topic-${number}`);
  await create(annals, modelOf.event, { id: 'e', kind: 'visit', title: 'A visit', topics });
  const { recorded, written } = recordWrites(annals);
  await update(recorded, modelOf.event, 'e', { topics: topics.slice(1) });
  expect(tablesOf(written).filter((table) => table === 'topics').length).toBeLessThan(8);
  const { records } = await assemble(annals.engine, { first: 1, last: 1 });
  expect(records[0]!.input.topics).toEqual(topics.slice(1));
});
