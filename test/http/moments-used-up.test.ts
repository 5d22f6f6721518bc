import { beforeAll, expect, test } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { MOMENT_MAX } from '../../src/domain/time/levels.ts';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();
const another = sharedApp();

beforeAll(() => service.annals.engine.write([statement("UPDATE sequences SET next = ? WHERE name = 'moment'", MOMENT_MAX + 1)]));

const USED_UP = {
  type: '/problems/moments-used-up',
  title: 'The keys of moments are used up',
  status: 507,
  detail: expect.stringMatching(
    /used up its 536,870,911 keys of moments, .*export all records .* import them into a new database.*; stored texts must be put again and keys made again there, and history stays/,
  ),
};

test('an entry is refused with a remedy when the keys of moments are used up', async () => {
  const refused = await service.ask({ method: 'POST', url: '/v1/events', body: samples.event.least });
  expect([refused.status, refused.body]).toEqual([507, expect.objectContaining(USED_UP)]);
});

test('an import is refused as well', async () => {
  const body = JSON.stringify({ ...samples.event.least, type: 'event', title: 'One too many' });
  const headers = { 'content-type': 'application/x-ndjson' };
  const refused = await service.ask({ method: 'POST', url: '/v1/import', body, headers });
  expect([refused.status, refused.body]).toEqual([507, expect.objectContaining(USED_UP)]);
});

test('records without moments are still written, read and exported', async () => {
  expect((await service.ask({ method: 'POST', url: '/v1/actors', body: samples.actor.least })).status).toBe(201);
  const url = '/v1/events/csto-operation-in-kazakhstan-2022';
  expect((await service.ask({ method: 'PATCH', url, body: { topics: ['used-up'] } })).status).toBe(200);
  expect((await service.ask({ url: '/v1/export?type=event' })).status).toBe(200);
});

test('the remedy keeps all records and texts', async () => {
  const url = '/v1/sources/way-out/text';
  const text = { method: 'PUT', url, body: 'One paragraph.\nAnother.', headers: { 'content-type': 'text/plain' } } as const;
  await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, id: 'way-out' } });
  expect((await service.ask(text)).status).toBe(200);
  const exported = await service.ask({ url: '/v1/export' });
  const headers = { 'content-type': 'application/x-ndjson' };
  const imported = await another.ask({ method: 'POST', url: '/v1/import?onExisting=replace', body: exported.text, headers });
  expect([imported.status, imported.body.created > 0]).toEqual([200, true]);
  expect((await another.ask({ url: '/v1/sources/way-out/history' })).body.items).toHaveLength(1);
  expect((await another.ask({ url })).text).toBe(text.body);
  const { writeKey } = service;
  const asWriter = { authorization: `Bearer ${writeKey}`, 'content-type': 'text/plain' };
  expect((await another.app.inject({ method: 'PUT', url, payload: 'One.', headers: asWriter })).statusCode).toBe(401);
});
