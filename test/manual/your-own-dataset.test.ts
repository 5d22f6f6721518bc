import { expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { readFrom } from '../helpers/requests.ts';
import { chapter } from './markdown.ts';

const service = sharedApp();

const text = chapter('your-own-dataset');
const lines = /\n```ndjson\n([^]*?)```/.exec(text)![1]!;

const sent = async (query: string, body: string) => {
  const headers = { 'content-type': 'application/x-ndjson' };
  const { status, text: answer, body: report } = await service.ask({ method: 'POST', url: `/v1/import?${query}`, headers, body });
  expect(status, answer).toBe(200);
  return report;
};

test('the lines of the chapter are imported, its questions find them, and the next release deletes what it lacks', async () => {
  expect(await sent('', lines)).toMatchObject({ created: 8 });
  expect(await sent('', lines)).toMatchObject({ unchanged: 8 });

  const asked = [...text.matchAll(/^curl '?http:\/\/localhost:3000\/v1([^'\n]*)'?$/gm)].map(([, address]) => address!);
  const totals = await Promise.all(
    asked.map(async (address) => {
      const { status, text: answer, body } = await service.ask({ url: `/v1${address}` });
      expect(status, answer).toBe(200);
      return body.total ?? body.id;
    }),
  );
  expect(totals).toEqual(['clash-17', 1, 1, 1, 2, 2]);
  const counts = await readFrom(service, '/v1/timeline/counts')('source=clash-register-2&by=year&sum=deaths');
  expect(counts.sums).toEqual([{ unit: 'person', value: 105, low: 83, high: 129, figures: 2 }]);

  const release = lines.split('\n').filter((line) => !line.includes('"clash-18"'));
  const replacing = 'replaceSource=clash-register-2&onExisting=replace';
  expect(await sent(`${replacing}&dryRun=true`, release.join('\n'))).toMatchObject({
    deleted: 1,
    deletions: [{ type: 'event', id: 'clash-18' }],
  });
});
