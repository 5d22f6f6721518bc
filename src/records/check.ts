import { shortened } from '../domain/text/first-units.ts';
import type { Comparison, Mismatch } from '../storage/store.ts';
import type { SchemaFault } from '../storage/store.ts';
import type { Copies, Store } from '../storage/store.ts';
import type { Engine, Reader } from '../storage/port.ts';
import { isGeneration } from '../domain/generation.ts';
import { currentGeneration } from '../storage/tables/records.ts';
import type { Progress } from '../domain/progress.ts';
import { DERIVED, reindex } from './reindex.ts';
import { firstGap, logSize, lostChanges, lostRevisions, sharedIdentifiers, unloggedRevisions } from '../storage/tables/checks.ts';

/** The numbers of what was checked, and the faults that were found: ten of each kind, then a finding with the number of the others. */
export type Report = { records: number; changes: number; derived: number; findings: Finding[] };

/**
 * A fault as a sentence, and the remedy that helps: `draw` is a new generation, `reindex` makes anew what is derived, `edit` is a change of the records that are named, `drop` removes what another program put into the schema;
 * for everything else there is a backup.
 */
export type Finding = { message: string; remedy: 'reindex' | 'restore' | 'edit' | 'drop' | 'draw' };

/** The number of characters of a row that are shown. */
const SHOWN = 160;

/**
 * Checks a database: its pages and indexes, its schema, its references, its change log, and that everything derived equals a rebuild. It works on
 * two copies of one moment in the folder of temporary files, so that users of the database are not held up;
 * memory does not grow with it. Throws `storage-full` and `storage-unusable`.
 */
export async function check(store: Store, progress: Progress): Promise<Report> {
  await (await store.open()).close();
  return store.withCopies((copies) => checkCopies(copies, progress), progress);
}

async function checkCopies(copies: Copies, progress: Progress): Promise<Report> {
  const damage = (await copies.faults()).map((message) => ({ message, remedy: 'restore' as const }));
  if (damage.length > 0) return { records: 0, changes: 0, derived: 0, findings: damage };
  const schema = await copies.schemaFaults();
  // The program cannot work with tables of another form: nothing can be rebuilt in them.
  if (schema.some(isOfTables)) return { records: 0, changes: 0, derived: 0, findings: schema.map(findingOf) };
  const { records, changes, findings } = await copies.rebuild((engine) => rebuild(engine, progress), schema);
  const stale = await copies.compare(staleRows);
  return { records, changes, derived: Object.keys(DERIVED).length, findings: [...schema.map(findingOf), ...findings, ...stale] };
}

/** A finding for each kind of derived rows that differ, with the first difference. */
async function staleRows(comparison: Comparison): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, rows] of Object.entries(DERIVED))
    for await (const { next } of comparison.differences(rows)) {
      findings.push({ message: sentenceOf(name, next), remedy: 'reindex' });
      break;
    }
  return findings;
}

const SHOULD: Record<SchemaFault['fault'], string> = {
  foreign: 'is not of Annals: remove it with',
  missing: 'is missing',
  changed: 'is not as the migrations make it',
};

const isOfTables = ({ fault, type }: SchemaFault): boolean => type === 'column' || (type === 'table' && fault !== 'foreign');

function findingOf({ fault, type, name, of }: SchemaFault): Finding {
  const message = `the ${type} ${name} ${of === undefined ? '' : `of the table ${of} `}${SHOULD[fault]}`;
  if (fault !== 'foreign') return { message, remedy: 'restore' };
  const drop = `DROP ${type.toUpperCase()} ${name}`;
  return { message: `${message} ${of === undefined ? drop : `ALTER TABLE ${of} ${drop}`}`, remedy: 'drop' };
}

async function rebuild(engine: Engine, progress: Progress): Promise<Pick<Report, 'records' | 'changes' | 'findings'>> {
  const { changes, findings } = await readLog(engine);
  const records = await reindex({ engine }, progress);
  return { records, changes, findings: [...findings, ...(await readShared(engine)), ...(await readGeneration(engine))] };
}

async function readGeneration(reader: Reader): Promise<Finding[]> {
  const [rows] = await reader.read([currentGeneration]);
  if (isGeneration(rows[0]?.[0])) return [];
  const found = rows[0] === undefined ? 'has no generation' : `has ${JSON.stringify(rows[0][0])} for a generation`;
  return [{ message: `the database ${found}, which is part of every ETag and position`, remedy: 'draw' }];
}

async function readLog(reader: Reader): Promise<Pick<Report, 'changes' | 'findings'>> {
  const [[size], [gap], lost, unlogged, missing] = await reader.read([logSize, firstGap, lostRevisions, unloggedRevisions, lostChanges]);
  const [changes, last] = size!;
  const messages = [
    ...(changes === last ? [] : [`the change log has ${changes} changes up to number ${last}: one is missing after number ${gap![0]}`]),
    ...listed(lost, ([, type, id]) => `the change log misses a revision of the ${type} "${id}"`, 'lost revisions'),
    ...listed(
      unlogged,
      ([, type, id]) => `the ${type} "${id}" is at a revision that is not the last in the change log`,
      'unlogged revisions',
    ),
    ...listed(missing, ([, type, id]) => `the ${type} "${id}" is not as the last change in the log left it`, 'lost changes'),
  ];
  return { changes, findings: messages.map((message) => ({ message, remedy: 'restore' as const })) };
}

/** Identifiers that several records of a type have: releases before this was refused let them in. The rebuild has filed them all. */
async function readShared(reader: Reader): Promise<Finding[]> {
  const [shared] = await reader.read([sharedIdentifiers]);
  const messages = listed(
    shared,
    ([, type, key, ids]) => {
      const holders = (JSON.parse(ids) as string[]).map((id) => `"${id}"`).join(' and '); // @NOTE a JSON array of texts
      return `the identifier "${key}" belongs to ${holders}, and should to one ${type} only`;
    },
    'shared identifiers',
  );
  return messages.map((message) => ({ message, remedy: 'edit' }));
}

/** A sentence for each row, and one with the number of rows that are left out; the first column of each row is the number of all. */
function listed<Row extends [total: number, ...unknown[]]>(rows: readonly Row[], sentence: (row: Row) => string, name: string): string[] {
  const more = (rows[0]?.[0] ?? 0) - rows.length;
  return [...rows.map(sentence), ...(more > 0 ? [`and ${more} more ${name}, which are not listed`] : [])];
}

function sentenceOf(name: string, next: Mismatch['next']): string {
  const [is, should] = next.map((row) => (row === undefined ? 'nothing more' : shortened(JSON.stringify(row), SHOWN)));
  return `the ${name} differ from a rebuild; the first difference: there is ${is}, and should be ${should}`;
}
