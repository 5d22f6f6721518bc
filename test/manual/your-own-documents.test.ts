import { expect, test } from 'vitest';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { temporaryDatabase } from '../helpers/database.ts';
import { NOW, RANDOM } from '../helpers/fixtures.ts';
import { served } from '../helpers/served.ts';
import { storeAt } from '../helpers/store.ts';
import { chapter } from './markdown.ts';

/** The block of a language in the chapter. */
const block = (language: string): string => new RegExp(`\n\`\`\`${language}\n([^]*?)\`\`\``).exec(chapter('your-own-documents'))![1]!;

test('the steps of the chapter turn an empty database into a timeline with verified citations', async () => {
  const path = await temporaryDatabase();
  const engine = await storeAt(path).open();
  const { token } = await createKey(
    openAnnals(engine, () => NOW),
    { label: 'me', scope: 'write' },
    RANDOM,
  );
  await engine.close();
  const { address } = await served(path);
  const send = async (method: string, url: string, type: string, body: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const response = await fetch(`${address}${url}`, { method, headers, body });
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  };
  const source = /-d '(\{"id":"harbour-minutes".*\})'/.exec(chapter('your-own-documents'))![1]!;
  expect(await send('POST', '/v1/sources', 'application/json', source)).toMatchObject({ status: 201 });
  expect(await send('PUT', '/v1/sources/harbour-minutes/text', 'text/plain', block('text'))).toMatchObject({ answer: { paragraphs: 4 } });

  const get = async (url: string): Promise<unknown> => (await fetch(`${address}${url}`)).json();
  expect(await get('/v1/sources/harbour-minutes/paragraphs')).toMatchObject({ total: 4 });
  const quoted: unknown = JSON.parse(/```json\n(\{ "source"[^]*?)```/.exec(chapter('your-own-documents'))![1]!);
  expect(await get('/v1/sources/harbour-minutes/paragraphs/2?phrase=spring%20of%201874')).toEqual(quoted);

  const records = block('ndjson');
  const mistaken = records.replace('"Town of Port Ellen","role"', '"Town of Port Elen","role"');
  const dryRun = (lines: string) => send('POST', '/v1/import?dryRun=true', 'application/x-ndjson', lines);
  const reported: unknown = JSON.parse(/```json\n(\{ "line"[^]*?)```/.exec(chapter('your-own-documents'))![1]!);
  expect(await dryRun(mistaken)).toMatchObject({ status: 400, answer: { errors: [reported] } });
  expect(await dryRun(records)).toMatchObject({ status: 200, answer: { created: 7 } });
  expect(await send('POST', '/v1/import', 'application/x-ndjson', records)).toMatchObject({ status: 200, answer: { created: 7 } });
  expect(await send('POST', '/v1/import', 'application/x-ndjson', records)).toMatchObject({ status: 200, answer: { unchanged: 7 } });

  for (const list of ['events', 'agreements']) {
    const { items } = (await (await fetch(`${address}/v1/${list}`)).json()) as { items: { citations: unknown[] }[] }; // @NOTE a list
    expect(items.length).toBeGreaterThan(0);
    for (const { citations } of items) expect(citations).toEqual([expect.objectContaining({ verified: true })]);
  }
  const asked = [...chapter('your-own-documents').matchAll(/^curl '?http:\/\/localhost:3000(\/v1\/timeline[^'\n]*)'?$/gm)];
  expect(asked).toHaveLength(3);
  for (const [, url] of asked) {
    const response = await fetch(`${address}${url}`);
    expect([response.status, ((await response.json()) as { items: unknown[] }).items.length > 0], url).toEqual([200, true]); // @NOTE a list
  }
});
