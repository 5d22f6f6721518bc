import { describe, expect, test } from 'vitest';
import { inputOfDocument } from '../../src/records/document/render.ts';
import { models } from '../../src/model/models.ts';
import type { RecordType } from '../../src/domain/record-type.ts';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';
import { NOW } from '../helpers/fixtures.ts';
import { etagHeaderOf as etagHeader, etagOf as tagOf } from '../helpers/etags.ts';
import { addressOf, idFieldsOf, idOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const AT = new Date(NOW).toISOString();

/** A relation to a record, for those that must be referred to. */
const referringTo = (type: RecordType, id: string) => ({ relations: [{ type: 'concerns', record: { type, id } }] });

describe.each(
  models.map(({ type, path, newSchema, titleField, idFields }) => ({
    type,
    path,
    fields: Object.keys(newSchema.shape),
    titleField,
    idFields,
  })),
)('every $type', ({ type, path, fields, titleField, idFields }) => {
  const sample = samples[type];
  const address = (name: string) => addressOf(type, name);
  const etagOf = (name: string, revision: number) => tagOf(idOf(type, name), revision);
  const etagHeaderOf = (name: string, revision: number) => etagHeader(idOf(type, name), revision);
  /** A type whose ids are chosen, or made from titles. */
  const hasChosenIds = idFields === undefined;

  function create(name: string, body: object = sample.least): Promise<Answered> {
    return service.ask({ method: 'POST', url: `/v1/${path}`, body: { ...body, ...idFieldsOf(type, name) } });
  }

  /** All a record can say, with names and an identifier that no other record has: a write of a shared name is answered with warnings. */
  const full = (id: string) => ({
    ...sample.full,
    ...('names' in sample.full && {
      names: (sample.full['names'] as { name: string }[]).map((each) => ({ ...each, name: `${each.name} ${id}` })), // @NOTE the samples are so
    }),
    ...('symbol' in sample.full && { symbol: id }),
    ...('symbols' in sample.full && { symbols: [id] }),
    ...('identifiers' in sample.full && { identifiers: [{ scheme: 'sample', value: id }] }),
    [titleField]: `A sample of the ${type} ${id}`,
    ...idFieldsOf(type, id),
  });

  test('has a sample with every field', () => {
    expect(Object.keys({ ...sample.full, id: '' }).toSorted()).toEqual(fields.toSorted());
  });

  test('is created with 201, its address and its ETag, and is read with the same bytes', async () => {
    const created = await create('contract-created', full('contract-created'));
    expect(created.status).toBe(201);
    expect(created.headers['location']).toBe(address('contract-created'));
    expect([created.headers['etag'], created.body.etag]).toEqual([etagHeaderOf('contract-created', 1), etagOf('contract-created', 1)]);
    expect(created.body).toMatchObject({
      ...full('contract-created'),
      type,
      id: idOf(type, 'contract-created'),
      revision: 1,
      createdAt: AT,
      updatedAt: AT,
    });
    const read = await service.ask({ url: created.headers['location']! });
    expect([read.status, read.text, read.headers['etag']]).toEqual([200, created.text, created.headers['etag']]);
  });

  test.runIf(hasChosenIds)('is created with its required fields only, and gets an id from its title', async () => {
    const first = await service.ask({ method: 'POST', url: `/v1/${path}`, body: sample.least });
    const second = await service.ask({ method: 'POST', url: `/v1/${path}`, body: sample.least });
    expect(first.body.id).toBe(`the-least-${type}`);
    expect(second.body.id).toBe(`the-least-${type}-2`);
    expect(first.body).toEqual({
      ...sample.least,
      type,
      id: first.body.id,
      ...('status' in first.body ? { status: 'occurred' } : {}),
      revision: 1,
      etag: tagOf(first.body.id, 1),
      createdAt: AT,
      updatedAt: AT,
    });
  });

  test.runIf(hasChosenIds)('gets its own id when many of the same title are created at once', async () => {
    const titled = { ...sample.least, [titleField]: `Many ${type} at once` };
    const requests = Array.from({ length: 20 }, () => service.ask({ method: 'POST', url: `/v1/${path}`, body: titled }));
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(requests.length);
  });

  test('is unchanged by an import of its export', async () => {
    const { text } = await create('contract-exported', { ...full('contract-exported'), [titleField]: 'As exported' });
    await service.ask({ method: 'DELETE', url: address('contract-exported') });
    const again = await create('contract-imported', { ...inputOfDocument(Buffer.from(text)), id: undefined });
    await service.ask({ method: 'DELETE', url: again.headers['location']! });
    const other = await create('contract-reimported', { ...inputOfDocument(Buffer.from(text)), id: undefined });
    expect(again.status).toBe(201);
    expect({
      ...other.body,
      ...idFieldsOf(type, 'contract-exported'),
      id: idOf(type, 'contract-exported'),
      etag: etagOf('contract-exported', 1),
    }).toEqual(JSON.parse(text));
  });

  test('is refused with 409 when its id is taken', async () => {
    await create('contract-taken');
    const taken = await create('contract-taken');
    expect([taken.status, taken.body.type]).toEqual([409, '/problems/already-exists']);
    expect(taken.body.detail).toContain('contract-taken');
  });

  test('is changed by a merge patch: null clears an optional field, and other fields stay', async () => {
    const { body: before } = await create('contract-patched', full('contract-patched'));
    expect(before[sample.optional]).toBeDefined();
    const patched = await service.ask({
      method: 'PATCH',
      url: address('contract-patched'),
      body: { [sample.optional]: null, note: 'New.' },
      headers: { 'if-match': before.etag },
    });
    expect([patched.status, patched.headers['etag']]).toEqual([200, etagHeaderOf('contract-patched', 2)]);
    const { [sample.optional]: _cleared, ...rest } = before;
    expect(patched.body).toEqual({ ...rest, note: 'New.', revision: 2, etag: etagOf('contract-patched', 2) });
    expect((await service.ask({ url: address('contract-patched') })).text).toBe(patched.text);
  });

  test('is patched within its objects, and its lists are replaced as a whole', async () => {
    const { body: before } = await create('contract-nested', full('contract-nested'));
    const patched = await service.ask({ method: 'PATCH', url: address('contract-nested'), body: sample.nested.patch });
    expect(patched.status).toBe(200);
    expect(patched.body).toEqual({ ...before, ...sample.nested.after, revision: 2, etag: etagOf('contract-nested', 2) });
  });

  test('keeps its revision when a patch changes nothing', async () => {
    const before = await create('contract-unchanged', full('contract-unchanged'));
    const patched = await service.ask({ method: 'PATCH', url: address('contract-unchanged'), body: full('contract-unchanged') });
    expect([patched.status, patched.text]).toEqual([200, before.text]);
  });

  test('keeps its required fields, its id and the fields that the service sets', async () => {
    const before = await create('contract-kept', full('contract-kept'));
    const refused = async (body: object): Promise<Json> => {
      const answer = await service.ask({ method: 'PATCH', url: address('contract-kept'), body });
      expect(answer.status).toBe(400);
      return answer.body.errors[0];
    };
    expect(await refused({ [sample.required]: null })).toEqual({ pointer: `/${sample.required}`, message: 'is required: give a string' });
    expect((await refused({ id: 'contract-other' })).pointer).toBe('/id');
    expect((await refused({ type: type === 'event' ? 'actor' : 'event' })).pointer).toBe('/type');
    for (const field of ['revision', 'createdAt', 'updatedAt'])
      expect((await refused({ [field]: before.body[field] })).message).toBe(`field "${field}" is set by the service: leave it out`);
    expect((await service.ask({ url: address('contract-kept') })).text).toBe(before.text);
  });

  test('is deleted with 204 and read with 404 then, and its history stays', async () => {
    await create('contract-deleted');
    const deleted = await service.ask({
      method: 'DELETE',
      url: address('contract-deleted'),
      headers: { 'if-match': etagHeaderOf('contract-deleted', 1) },
    });
    expect(deleted.status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await service.ask({ method, url: address('contract-deleted') })).status).toBe(404);
    expect((await service.ask({ method: 'PATCH', url: address('contract-deleted'), body: {} })).status).toBe(404);
    const history = await service.ask({ url: `${address('contract-deleted')}/history` });
    expect(history.body.items.map(({ action }: Json) => action)).toEqual(['created', 'deleted']);
    expect((await create('contract-deleted')).headers['etag'], 'the revisions go on').toBe(etagHeaderOf('contract-deleted', 3));
  });

  test('is not deleted while other records refer to it, which are listed', async () => {
    await create('contract-referred-to');
    await service.ask({
      method: 'POST',
      url: '/v1/events',
      body: { ...samples.event.least, id: `contract-refers-to-${type}`, ...referringTo(type, idOf(type, 'contract-referred-to')) },
    });
    const refused = await service.ask({ method: 'DELETE', url: address('contract-referred-to') });
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/still-referenced']);
    expect(refused.body.errors).toEqual([{ message: `event "contract-refers-to-${type}" refers to it` }]);
    expect((await service.ask({ url: address('contract-referred-to') })).status).toBe(200);
    expect((await service.ask({ method: 'DELETE', url: `/v1/events/contract-refers-to-${type}` })).status).toBe(204);
    expect((await service.ask({ method: 'DELETE', url: address('contract-referred-to') })).status).toBe(204);
  });

  test('is neither changed nor deleted with a stale If-Match', async () => {
    await create('contract-stale');
    await service.ask({ method: 'PATCH', url: address('contract-stale'), body: { note: 'Second.' }, headers: { 'if-match': '*' } });
    for (const stale of [
      etagOf('contract-stale', 1),
      etagOf('contract-stale', 3),
      `W/${etagOf('contract-stale', 2)}`,
      etagOf('contract-other', 2),
      '"contract-stale.2.k2m9x0ab"',
      '"2"',
      '""',
      `${etagOf('contract-stale', 1)}, ${etagHeaderOf('contract-stale', 3)}`,
    ]) {
      const headers = { 'if-match': stale };
      for (const asked of [{ method: 'PATCH', body: { note: 'Third.' } }, { method: 'DELETE' }] as const) {
        const refused = await service.ask({ ...asked, url: address('contract-stale'), headers });
        expect([refused.status, refused.body.type], stale).toEqual([412, '/problems/stale-revision']);
      }
    }
    const { body } = await service.ask({ url: address('contract-stale') });
    expect([body.note, body.revision]).toEqual(['Second.', 2]);
  });

  test('is listed, and the ETag of its list changes with any record', async () => {
    const before = await service.ask({ url: `/v1/${path}?limit=1` });
    await create('contract-listed');
    const after = await service.ask({ url: `/v1/${path}?limit=1` });
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
    expect(after.body.total).toBe(before.body.total + 1);
    const ids: string[] = [];
    for (let url: string | undefined = `/v1/${path}?limit=200`; url !== undefined; ) {
      const { body, headers }: Answered = await service.ask({ url });
      ids.push(...body.items.map(({ id }: Json) => id));
      url = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      expect(url === undefined).toBe(body.next === undefined);
    }
    expect(ids).toHaveLength(after.body.total);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(idOf(type, 'contract-listed'));
  });

  test('is paged by titles of any length and script', async () => {
    for (const id of ['contract-long-a', 'contract-long-b']) await create(id, { ...sample.least, [titleField]: '会议'.repeat(250) });
    let url: string | undefined = `/v1/${path}?sort=title&limit=1`;
    const ids: string[] = [];
    while (url !== undefined) {
      const { status, body, headers, text }: Answered = await service.ask({ url });
      expect(status, text).toBe(200);
      ids.push(body.items[0].id);
      url = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
    }
    expect(ids.slice(-2)).toEqual(['contract-long-a', 'contract-long-b'].map((name) => idOf(type, name)));
  });

  test('is returned as 304, and so is its list, to a client that has the current ETag', async () => {
    await create('contract-known');
    for (const url of [address('contract-known'), `/v1/${path}?limit=2`, `${address('contract-known')}/history`]) {
      const { headers } = await service.ask({ url });
      const etag = headers['etag']!;
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
        for (const method of ['GET', 'HEAD'] as const) {
          const again = await service.ask({ method, url, headers: { 'if-none-match': known } });
          expect([again.status, again.text, again.headers['etag']], known).toEqual([304, '', etag]);
        }
      expect((await service.ask({ url, headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
    for (const url of [address('contract-none'), `${address('contract-none')}/related`, `${address('contract-none')}/history`])
      expect((await service.ask({ url, headers: { 'if-none-match': '*' } })).status, url).toBe(404);
  });

  test('is created with any If-None-Match, and neither changed nor deleted with one that lists its ETag', async () => {
    const headers = { 'if-none-match': '*' };
    const created = await service.ask({
      method: 'POST',
      url: `/v1/${path}`,
      body: { ...sample.least, ...idFieldsOf(type, 'contract-written') },
      headers,
    });
    expect([created.status, created.body.id]).toEqual([201, idOf(type, 'contract-written')]);
    for (const known of ['*', created.headers['etag']!, `"other", W/${created.headers['etag']}`])
      for (const asked of [{ method: 'PATCH', body: { note: 'New.' } }, { method: 'DELETE' }] as const) {
        const refused = await service.ask({ ...asked, url: address('contract-written'), headers: { 'if-none-match': known } });
        expect([refused.status, refused.body.type], known).toEqual([412, '/problems/precondition-failed']);
      }
    const patch = { method: 'PATCH', url: address('contract-written'), body: { note: 'New.' } } as const;
    expect((await service.ask({ ...patch, headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect((await service.ask({ method: 'DELETE', url: address('contract-none'), headers })).status).toBe(404);
  });
});
