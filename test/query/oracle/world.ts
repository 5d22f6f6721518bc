import { Readable } from 'node:stream';
import fc from 'fast-check';
import { isObject } from '../../../src/domain/json/json.ts';
import { AnnalsError } from '../../../src/domain/errors.ts';
import { type Annals, openAnnals } from '../../../src/records/annals.ts';
import { noProgress } from '../../../src/domain/progress.ts';
import { importRecords } from '../../../src/import/import.ts';
import { IMPORT_DEFAULTS } from '../../../src/import/report.ts';
import { create } from '../../../src/records/create.ts';
import { remove } from '../../../src/records/remove.ts';
import { update } from '../../../src/records/update.ts';
import { modelOf } from '../../../src/model/models.ts';
import type { RecordType } from '../../../src/domain/record-type.ts';
import { copyOf } from '../../helpers/copies.ts';
import { NOW } from '../../helpers/fixtures.ts';
import { type Body, type Counts, entryBody, otherBody } from './bodies.ts';
import type { Document } from './documents.ts';
import { storeAt } from '../../helpers/store.ts';

/** A database with what stands in it, by `type/id`, as the writes answered it. */
export type World = { annals: Annals; path: string; documents: Map<string, Document>; close: () => Promise<void> };

const OTHERS = ['place', 'actor', 'source'] as const;
const ENTRIES = ['agreement', 'meeting', 'event'] as const;

/** An empty database, whose clock moves on by a second at every third write. */
async function openWorld(): Promise<World> {
  const copy = await copyOf('empty');
  const engine = await storeAt(copy.place).open();
  let ticks = 0;
  const clock = () => NOW + Math.floor(ticks++ / 3) * 1000;
  const close = async () => {
    await engine.close();
    await copy.remove();
  };
  return { annals: openAnnals(engine, clock), path: copy.place, documents: new Map(), close };
}

/** A world of some hundred records, created, changed and deleted one by one. */
export async function writtenWorld(seed: number, counts: Counts): Promise<World> {
  const world = await openWorld();
  const drawn = bodies(seed, counts);
  await inGroups(drawn, (body) => writeNew(world, withoutReferences(body)));
  await inGroups(drawn, (body) => change(world, body));
  await disturb(world, seed, counts);
  return world;
}

/** Changes a third of the records, deletes those of a fifth that nothing refers to, and creates some of these again. */
async function disturb(world: World, seed: number, counts: Counts): Promise<void> {
  const again = bodies(seed + 1000, counts);
  await inGroups(everyNth(again, 3), (body) => change(world, body));
  await inGroups(everyNth(again, 5), (body) => erase(world, body));
  await inGroups(everyNth(again, 20), (body) => writeNew(world, withoutReferences(body)));
  for (let number = 0; number < 8; number += 1) await relateBothWays(world, `event-${number}`, `agreement-${number}`, number % 2 === 0);
}

/** Two entries that point to each other, one of them twice; then only one does, or both are written once more. */
async function relateBothWays(world: World, event: string, agreement: string, both: boolean): Promise<void> {
  if (!world.documents.has(`event/${event}`) || !world.documents.has(`agreement/${agreement}`)) return;
  const write = async (type: 'event' | 'agreement', id: string, patch: object) =>
    keep(world, (await update(world.annals, modelOf[type], id, patch)).document);
  const to = { type: 'agreement', id: agreement };
  await write('event', event, {
    relations: [
      { type: 'follows', record: to },
      { type: 'part-of', record: to },
    ],
  });
  await write('agreement', agreement, { relations: [{ type: 'follows', record: { type: 'event', id: event } }] });
  await write('event', event, both ? { title: 'begin sea finis' } : { relations: null });
}

/** The same in one import: cheap enough for thousands. */
export async function importedWorld(seed: number, counts: Counts): Promise<World> {
  const world = await openWorld();
  const lines = bodies(seed, counts).map((body) => Buffer.from(`${JSON.stringify(body)}\n`));
  await importRecords(world.annals, [{ name: 'world', bytes: Readable.from(lines, { objectMode: true }) }], IMPORT_DEFAULTS, noProgress);
  const [rows] = await world.annals.engine.read([{ sql: 'SELECT document FROM records', params: [] }]);
  for (const [document] of rows as Buffer[][]) keep(world, document!);
  return world;
}

/** An imported world, changed after. */
export async function changedWorld(seed: number, counts: Counts): Promise<World> {
  const world = await importedWorld(seed, counts);
  await disturb(world, seed, counts);
  return world;
}

/** The records of a world, reproducible by its seed. JSON leaves out what is undefined. */
export function bodies(seed: number, counts: Counts): Body[] {
  const draw = (arbitrary: fc.Arbitrary<Body>, of: number): Body =>
    JSON.parse(JSON.stringify(fc.sample(arbitrary, { seed: seed * 100_003 + of, numRuns: 1 })[0])) as Body;
  let drawn = 0;
  const all = <Type extends RecordType>(types: readonly Type[], make: (type: Type, number: number) => fc.Arbitrary<Body>): Body[] =>
    types.flatMap((type) => Array.from({ length: counts[type] ?? 0 }, (_, number) => draw(make(type, number), drawn++)));
  return [
    ...all(OTHERS, (type, number) => otherBody(type, number, counts)),
    ...all(ENTRIES, (type, number) => entryBody(type, number, counts)),
  ];
}

/** What can be created before anything else is there. */
function withoutReferences({ type, id, kind, title, name, date, summary, status, topics }: Body): Body {
  return JSON.parse(JSON.stringify({ type, id, kind, title, name, date, summary, status, topics })) as Body;
}

/** Puts a body in the place of the record: fields that it does not have are cleared. */
async function change(world: World, body: Body): Promise<void> {
  const before = world.documents.get(`${body.type}/${body.id}`);
  if (!before) return;
  const cleared = Object.keys(before).filter((field) => !OWN.has(field) && !(field in body));
  // A calendar that stayed would be that of another text, which it may not have.
  const date = isObject(body['date']) ? { date: { calendar: null, ...body['date'] } } : {};
  const patch = { ...Object.fromEntries(cleared.map((field) => [field, null])), ...body, ...date };
  try {
    keep(world, (await update(world.annals, modelOf[body.type], body.id, patch)).document);
  } catch (error) {
    // What it would refer to may be deleted by now.
    if (!(error instanceof AnnalsError && error.code === 'unknown-reference')) throw error;
  }
}

const OWN = new Set(['type', 'id', 'revision', 'createdAt', 'updatedAt', 'status']);

async function erase({ annals, documents }: World, { type, id }: Body): Promise<void> {
  try {
    await remove(annals, modelOf[type], id);
    documents.delete(`${type}/${id}`);
  } catch (error) {
    if (!(error instanceof AnnalsError && error.code === 'still-referenced')) throw error;
  }
}

async function writeNew(world: World, body: Body): Promise<void> {
  if (world.documents.has(`${body.type}/${body.id}`)) return;
  keep(world, (await create(world.annals, modelOf[body.type], body)).document);
}

function keep({ documents }: World, bytes: Buffer): void {
  const document = JSON.parse(bytes.toString('utf8')) as Document;
  documents.set(`${document.type}/${document.id}`, document);
}

const everyNth = (all: Body[], step: number): Body[] => all.filter((_, index) => index % step === 0);

/** Groups write together, as clients do; within one, nothing depends on the order. */
async function inGroups(all: Body[], write: (body: Body) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 10) await Promise.all(all.slice(at, at + 10).map(write));
}
