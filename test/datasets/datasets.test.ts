import { describe, expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { check } from '../../src/records/check.ts';
import { sharedApp } from '../helpers/app.ts';
import { lines } from '../helpers/imports.ts';
import { storeAt } from '../helpers/store.ts';
import { conflicts } from './conflicts.ts';
import type { Body, Cell, Dataset } from './dataset.ts';
import { documents } from './documents.ts';
import { people } from './people.ts';
import { treaties } from './treaties.ts';

const service = sharedApp();

/** The values in a cell, one by one. */
function valuesIn(cell: Cell): (string | number | boolean)[] {
  if (cell === null) return [];
  return typeof cell === 'object' ? Object.values(cell as Record<string, Cell>).flatMap(valuesIn) : [cell];
}

/** All values of all fields in some exported records, as texts. */
const valuesOfRecords = (records: readonly Record<string, Cell>[]): string => `\n${records.flatMap(valuesIn).map(String).join('\n')}\n`;

const ask = async (address: string): Promise<Body> => {
  const { status, body } = await service.ask({ url: `/v1/${address}` });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Body;
};

async function exported({ records }: Dataset): Promise<Record<string, Cell>[]> {
  const { body } = await service.ask({ url: '/v1/export' });
  const ids = new Set(records.map((record) => JSON.stringify([(record as { type: string }).type, (record as { id: string }).id])));
  return String(body)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, Cell>]))
    .filter(({ type, id }) => ids.has(JSON.stringify([type, id])));
}

describe.each([...conflicts, ...treaties, ...people, ...documents])('$name', (dataset) => {
  const importAll = () =>
    service.ask({
      method: 'POST',
      url: '/v1/import',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines(dataset.records),
    });

  test('is imported, with a place for every column, and again without a change', async () => {
    const imported = await importAll();
    expect(imported.status, JSON.stringify(imported.body)).toBe(200);
    expect(imported.body.created).toBe(dataset.records.length);
    const held = valuesOfRecords(await exported(dataset));
    const lost = dataset.rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, cell]) =>
        dataset.otherwise.includes(column)
          ? []
          : valuesIn(cell)
              .filter((value) => !held.includes(String(value)))
              .map((value) => `${column}: ${value}`),
      ),
    );
    expect(lost).toEqual([]);
    expect((await importAll()).body).toMatchObject({ created: 0, updated: 0, unchanged: dataset.records.length });
  });

  test.each(dataset.questions)('$ask', async ({ ask: address, of = ({ total }) => total, is }) => {
    expect(of(await ask(address))).toEqual(is);
  });
});

test('what is derived of all of them equals a rebuild', async () => {
  expect((await check(storeAt(service.path), noProgress)).findings).toEqual([]);
});
