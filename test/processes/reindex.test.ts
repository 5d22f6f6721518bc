import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { reindex } from '../../src/records/reindex.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { statement } from '../../src/storage/port.ts';
import { seededCopy } from '../helpers/app.ts';
import { runProcessOn } from '../helpers/processes.ts';
import { NOW } from '../helpers/fixtures.ts';
import { derivedIn } from '../helpers/derived.ts';
import { EVERY_WRECK, wreck } from '../helpers/wrecks.ts';
import { storeAt } from '../helpers/store.ts';

const { actor, event } = modelOf;

/** A seeded event that all writers change. */
const WRITTEN = 'csto-operation-in-kazakhstan-2022';

async function opened(path: string): Promise<Annals> {
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  return openAnnals(engine, () => NOW);
}

/** Writes changes one by one until `isOver`: its own entries and actors, and entries of the seeds. Returns the number of writes. */
async function keepWriting(annals: Annals, name: string, isOver: () => boolean): Promise<number> {
  let writes = 0;
  const seeded = { type: 'event', id: WRITTEN };
  for (; !isOver(); writes += 4) {
    const id = `${name}-${writes}`;
    await create(annals, actor, { id, kind: 'person', name: `Actor ${id}`, identifiers: [{ scheme: 'test', value: id }] });
    await create(annals, event, {
      id,
      kind: 'visit',
      title: `Visit ${id}`,
      date: { edtf: `${1900 + (writes % 120)}` },
      participants: [{ actor: id, role: 'guest' }],
      topics: ['trade', name],
      relations: [{ type: 'follows', record: seeded }],
    });
    await update(annals, event, seeded.id, { topics: [`${name}-${writes}`], date: { edtf: `${1990 + (writes % 30)}` } });
    if (writes % 8 === 0) await update(annals, event, id, { date: { edtf: '2001-02' }, relations: null, topics: ['peace'] });
    else await remove(annals, event, id);
  }
  return writes;
}

/** Makes small writes repeatedly, and returns the duration of the slowest in milliseconds. */
async function slowestWrite({ engine }: Annals, isOver: () => boolean): Promise<number> {
  let slowest = 0;
  for (; !isOver(); await setTimeout(2)) {
    const start = performance.now();
    await engine.write([statement("UPDATE sequences SET next = next WHERE name = 'record'")]);
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

test('annals reindex succeeds beside steady writers, which wait only moments', {
  timeout: 120_000,
}, async () => {
  const path = await seededCopy();
  await wreck(
    await opened(path),
    EVERY_WRECK.map((sql) => (sql.startsWith('UPDATE records') ? `${sql} AND slug <> '${WRITTEN}'` : sql)),
  );
  let isOver = false;
  const writing = ['one', 'two'].map(async (name) => keepWriting(await opened(path), name, () => isOver));
  const waiting = slowestWrite(await opened(path), () => isOver);
  const outcome = await runProcessOn(path, ['reindex']);
  isOver = true;
  const writes = await Promise.all(writing);
  expect(outcome).toMatchObject({ code: 0, output: expect.stringMatching(/^rebuilt the derived data of \d+ records\n$/) });
  expect(Math.min(...writes)).toBeGreaterThan(8);
  const slowest = await waiting;
  expect(slowest).toBeLessThan(2000);
  const mended = derivedIn(path);
  await reindex(await opened(path), noProgress);
  expect(mended).toEqual(derivedIn(path));
});
