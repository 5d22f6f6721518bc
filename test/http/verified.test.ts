import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const text = (body: string) =>
  service.ask({ method: 'PUT', url: '/v1/sources/verified-text/text', body, headers: { 'content-type': 'text/plain' } });

const create = (path: string, body: object) => service.ask({ method: 'POST', url: `/v1/${path}`, body });

/** A citation of a phrase in the first paragraph of the text. */
const cites = (phrase: string) => ({ source: 'verified-text', paragraph: 1, phrase });

/** The ids that a list finds, of those made here. */
async function ids(list: string): Promise<string[]> {
  const { status, body } = await service.ask({ url: `/v1/${list}` });
  expect(status).toBe(200);
  return body.items.map((item: { id?: string; entry?: { id: string } }) => item.id ?? item.entry!.id).toSorted();
}

beforeAll(async () => {
  await create('sources', { ...samples.source.least, id: 'verified-text' });
  const citations: Record<string, object[]> = {
    holds: [cites('red'), { source: 'verified-text' }],
    fails: [cites('blue')],
    both: [cites('red'), cites('blue')],
    unchecked: [{ source: 'verified-text', phrase: 'red' }],
  };
  for (const [name, each] of Object.entries(citations)) {
    await create('events', { ...samples.event.least, id: `verified-${name}`, topics: ['verification'], citations: each });
    await create('actors', { ...samples.actor.least, id: `verified-${name}`, kind: 'verification', citations: each });
  }
  const dates = [
    { role: 'signed', edtf: '2001' },
    { role: 'ended', edtf: '2005' },
  ];
  await create('agreements', {
    ...samples.agreement.least,
    id: 'verified-pact',
    topics: ['verification'],
    dates,
    citations: [cites('blue')],
  });
  await text('red and green\n');
});

describe('verified', () => {
  test.each([
    ['events?topic=verification&verified=false', ['verified-both', 'verified-fails']],
    ['events?topic=verification&verified=true', ['verified-holds']],
    ['events?verified=false', ['verified-both', 'verified-fails']],
    ['agreements?verified=false', ['verified-pact']],
    ['timeline?topic=verification&verified=false', ['verified-both', 'verified-fails', 'verified-pact', 'verified-pact']],
    ['timeline?verified=false&from=2004', ['verified-pact']],
    ['events?verified=false&sort=-updated', ['verified-both', 'verified-fails']],
    ['actors?kind=verification&verified=false', ['verified-both', 'verified-fails']],
    ['actors?kind=verification&verified=true', ['verified-holds']],
    ['sources?verified=false', []],
  ])('%s', async (list, found) => {
    expect(await ids(list)).toEqual(found);
  });

  test('is echoed, and counted', async () => {
    const { body } = await service.ask({ url: '/v1/events?verified=false&topic=verification' });
    expect([body.total, body.query]).toEqual([2, { type: ['event'], topic: ['verification'], verified: 'false' }]);
    expect((await service.ask({ url: '/v1/actors?verified=false' })).body.query).toEqual({ verified: 'false' });
  });

  test('is true or false', async () => {
    const { status, body } = await service.ask({ url: '/v1/events?verified=no' });
    expect([status, body.errors[0]]).toEqual([400, { parameter: 'verified', message: 'give one of true, false' }]);
  });

  test('follows a text that is put later, a patch and a deletion', async () => {
    await text('red and blue\n');
    expect(await ids('events?verified=false')).toEqual([]);
    expect(await ids('events?verified=true')).toEqual(['verified-both', 'verified-fails', 'verified-holds']);
    expect(await ids('actors?kind=verification&verified=true')).toEqual(['verified-both', 'verified-fails', 'verified-holds']);
    await service.ask({
      method: 'PATCH',
      url: '/v1/events/verified-fails',
      body: { citations: [cites('red'), cites('grey'), cites('red')] },
    });
    expect(await ids('events?verified=false')).toEqual(['verified-fails']);
    await service.ask({
      method: 'PATCH',
      url: '/v1/events/verified-fails',
      body: { citations: [cites('red'), cites('blue'), cites('red')] },
    });
    expect(await ids('events?verified=false')).toEqual([]);
    await service.ask({ method: 'DELETE', url: '/v1/events/verified-fails' });
    expect(await ids('events?verified=true')).toEqual(['verified-both', 'verified-holds']);
  });

  test('tells a source that cites itself', async () => {
    const body = { citations: [cites('white')] };
    await service.ask({ method: 'PATCH', url: '/v1/sources/verified-text', body });
    expect(await ids('sources?verified=false')).toEqual(['verified-text']);
    await text('white\n');
    expect([await ids('sources?verified=false'), await ids('sources?verified=true')]).toEqual([[], ['verified-text']]);
  });
});
