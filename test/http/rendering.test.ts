import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RENDERING } from '../../src/http/cache/etags.ts';
import { ENTRY_TYPES } from '../../src/domain/record-type.ts';
import { modelOf, models } from '../../src/model/models.ts';
import { sharedApp } from '../helpers/app.ts';
import { addressOf, idFieldsOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';

/**
 * Hash of the answers below at a version of the rendering. When this test fails, an answer has other bytes than before, and clients with the old
 * bytes would get 304: raise `RENDERING` in src/http/cache/etags.ts by one, and put the new number and hash here.
 */
const KNOWN = { rendering: 5, sha256: '30075679c03c89ce8e945ef651ef930b1bd34627a6b74c59da64441fd909418c' };

const service = sharedApp();

/** Each form of answer, of records that say all that they may and of no seed. */
const ADDRESSES = [
  ...models.flatMap(({ type }) => ['', '/history', '/related'].map((part) => addressOf(type, 'rendered') + part)),
  ...ENTRY_TYPES.map((type) => modelOf[type].path).map((path) => `/v1/${path}?topic=contract&from=1900`),
  '/v1/timeline?topic=contract&from=1900',
  '/v1/timeline/histogram?topic=contract&by=year',
  `/v1/search?q=${encodeURIComponent('ünïcödé')}`,
];

test('the bytes of answers change only with the version of the rendering', async () => {
  for (const { type, path } of models) {
    const { status, text } = await service.ask({
      method: 'POST',
      url: `/v1/${path}`,
      body: { ...samples[type].full, ...idFieldsOf(type, 'rendered') },
    });
    expect(status, text).toBe(201);
    await service.ask({ method: 'PATCH', url: addressOf(type, 'rendered'), body: { note: 'Changed.' } });
  }
  const hash = createHash('sha256');
  for (const url of ADDRESSES) {
    const { status, text } = await service.ask({ url });
    expect(status, text).toBe(200);
    hash.update(text);
  }
  expect({ rendering: RENDERING, sha256: hash.digest('hex') }).toEqual(KNOWN);
});
