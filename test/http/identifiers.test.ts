import { beforeAll, describe, expect, test } from 'vitest';
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

const close = (id: string, name: string, ...values: string[]) => ({
  ...state(id),
  name,
  identifiers: values.map((value) => ({ scheme: 'near', value, match: 'close' })),
});
const find = (value: string) => service.ask({ url: `/v1/actors/${value}` });

describe('an identifier with a close match', () => {
  test('may belong to several records, and finds the one that has it alone', async () => {
    expect((await post(close('north', 'North', 'C1', 'C2'))).status).toBe(201);
    expect((await post(close('south', 'South', 'c1'))).status).toBe(201);
    expect((await find('near:c2')).body.id).toBe('north');
    const both = await find('near:C1');
    expect([both.status, both.body.type, both.body.errors[0].didYouMean]).toEqual([400, '/problems/ambiguous-name', ['north', 'south']]);
    expect((await patch('south', { identifiers: close('', '', 'C1', 'C2').identifiers })).status).toBe(200);
  });

  test('goes after an exact one, which a record may have besides', async () => {
    const exact = { ...state('exact'), identifiers: [{ scheme: 'near', value: 'C1', match: 'exact' }] };
    expect((await post(exact)).status).toBe(201);
    expect((await find('NEAR:c1')).body.id).toBe('exact');
    const second = await post({ ...exact, id: 'second-exact' });
    expect([second.status, second.body.type]).toEqual([409, '/problems/identifier-taken']);
    const visit = { kind: 'visit', title: 'A visit', participants: [{ actor: 'near:C1', role: 'guest' }] };
    expect((await post(visit, 'events')).body.participants).toEqual([{ actor: 'exact', role: 'guest' }]);
  });

  test('is shared by the lines of an import, too, and refers to the one that has it', async () => {
    const lines = [
      { type: 'actor', ...close('east', 'East', 'C3', 'C4') },
      { type: 'actor', ...close('west', 'West', 'C3') },
      { type: 'event', id: 'by-close', kind: 'visit', title: 'By a close match', participants: [{ actor: 'near:c4', role: 'guest' }] },
    ];
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const imported = await service.ask({
      method: 'POST',
      url: '/v1/import',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
    expect(imported.body).toMatchObject({ created: 3 });
    expect((await service.ask({ url: '/v1/events/by-close' })).body.participants[0].actor).toBe('east');
    expect((await find('near:C3')).body.errors[0].didYouMean).toEqual(['east', 'west']);
  });
});

test.each(['events', 'agreements', 'meetings', 'sources'])('%s are found by scheme:value', async (path) => {
  const body = {
    id: `with-identifier-${path}`,
    kind: 'sample',
    title: 'With an identifier',
    identifiers: [{ scheme: 'ucdp', value: '4711' }],
  };
  const created = await post(body, path);
  expect(created.status, created.text).toBe(201);
  expect((await service.ask({ url: `/v1/${path}/UCDP:4711` })).body.id).toBe(body.id);
  const again = await post({ ...body, id: 'another' }, path);
  expect([again.status, again.body.type]).toEqual([409, '/problems/identifier-taken']);
  const long = 'x'.repeat(200);
  expect((await post({ ...body, id: 'long', identifiers: [{ scheme: 'ucdp', value: long }] }, path)).status).toBe(201);
  expect((await service.ask({ url: `/v1/${path}/ucdp:${long}` })).body.id).toBe('long');
});
