import { beforeAll, expect, test } from 'vitest';
import { reindex } from '../../src/records/reindex.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { statement } from '../../src/storage/port.ts';
import { sharedApp } from '../helpers/app.ts';
import type { Answered } from '../helpers/contract.ts';

const service = sharedApp();

const state = (id: string, ...values: string[]) => ({
  id,
  kind: 'state',
  name: id,
  identifiers: values.map((value) => ({ scheme: 'test', value })),
});
const post = (body: unknown, path = 'actors'): Promise<Answered> => service.ask({ method: 'POST', url: `/v1/${path}`, body });
const patch = (id: string, body: unknown): Promise<Answered> => service.ask({ method: 'PATCH', url: `/v1/actors/${id}`, body });
const taken = (value: string, whose: string, index = 0) => ({
  pointer: `/identifiers/${index}`,
  message: `"test:${value}" is an identifier of the ${whose} already: leave it out here, or take it from that one first`,
});

beforeAll(async () => {
  expect((await post(state('holder', 'Q1', 'Q2'))).status).toBe(201);
  expect((await post({ ...state('town', 'Q9'), kind: 'city' }, 'places')).status).toBe(201);
});

test('a second record of a type with the same identifier is refused, and the first is named', async () => {
  const refused = await post(state('second', 'Q5', 'q1'));
  expect([refused.status, refused.body.type]).toEqual([409, '/problems/identifier-taken']);
  expect(refused.body.errors).toEqual([taken('q1', 'actor "holder"', 1)]);
  const place = await post({ ...state('village', 'Q9'), kind: 'city' }, 'places');
  expect([place.status, place.body.errors]).toEqual([409, [taken('Q9', 'place "town"')]]);
  expect((await service.ask({ url: '/v1/actors/test:Q1' })).body.id).toBe('holder');
});

test('a patch that gives a record the identifier of another is refused', async () => {
  await post(state('patched', 'Q3'));
  const refused = await patch('patched', { identifiers: state('', 'Q3', 'Q2').identifiers });
  expect([refused.status, refused.body.errors]).toEqual([409, [taken('Q2', 'actor "holder"', 1)]]);
});

test('records of two types may have the same identifier, and a record may keep its own', async () => {
  expect((await post({ ...state('same', 'Q1'), kind: 'city' }, 'places')).status).toBe(201);
  expect((await patch('holder', { identifiers: state('', 'Q2', 'Q1').identifiers })).status).toBe(200);
});

test('an identifier that is removed from one record can be given to another', async () => {
  await post(state('giver', 'Q4'));
  await post(state('taker'));
  await patch('giver', { identifiers: null });
  expect((await patch('taker', { identifiers: state('', 'Q4').identifiers })).status).toBe(200);
  expect((await service.ask({ url: '/v1/actors/test:Q4' })).body.id).toBe('taker');
});

test('an id that exists is reported before identifiers that exist', async () => {
  expect((await post(state('holder', 'Q1'))).body.type).toBe('/problems/already-exists');
});

test('a record that shares an older identifier can still be changed in other fields', async () => {
  const { annals } = service;
  await post(state('older', 'Q6'));
  await post(state('newer', 'Q7'));
  await annals.engine.write([statement("UPDATE identifiers SET value = 'Q6' WHERE value = 'Q7'")]);
  await reindex(annals, noProgress);
  expect((await patch('newer', { description: 'changed' })).body.description).toBe('changed');
  expect((await patch('newer', { identifiers: state('', 'Q8', 'Q6').identifiers })).status).toBe(200);
  expect((await patch('newer', { identifiers: state('', 'Q8').identifiers })).status).toBe(200);
  expect((await patch('newer', { identifiers: state('', 'Q6').identifiers })).status).toBe(409);
});
