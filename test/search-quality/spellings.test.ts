import { beforeAll, describe, expect, test } from 'vitest';
import { RECORD_TYPES } from '../../src/domain/record-type.ts';
import { sharedApp } from '../helpers/app.ts';
import { allRecords } from './queries.ts';
import { SPELLINGS } from './spellings.ts';
import { loadRecords } from './verdicts.ts';

const service = sharedApp({ RATE_LIMIT: '0' });
beforeAll(() => loadRecords(service.app, service.annals, service.writeKey));

/** Maximum number of names that are tried in one spelling, of all that it changes. */
const TRIED = 15;

type Named = { type: string; id: string; name: string };

const named: Named[] = allRecords().flatMap(({ type, id, name, title, label, names = [] }) =>
  [name ?? title ?? label!, ...names.map((each) => each.name)].map((text) => ({ type, id, name: text })),
);

/** Names that a spelling changes, from all of them alike. */
function changedBy(of: (text: string) => string, types: readonly string[]): Named[] {
  const changed = named.filter(({ type, name }) => types.includes(type) && of(name) !== name);
  const step = Math.max(1, Math.floor(changed.length / TRIED));
  return changed.filter((_, index) => index % step === 0);
}

async function idUnder(type: string, name: string): Promise<string | undefined> {
  const { body } = await service.app.inject({ url: `/v1/${type}s/${encodeURIComponent(name)}` });
  return (JSON.parse(body) as { id?: string }).id; // @NOTE a record or a problem
}

async function isFound({ type, id }: Named, text: string): Promise<boolean> {
  const address = `/v1/search?type=${type}&limit=200&q=${encodeURIComponent(text)}`;
  let cursor = '';
  do {
    const { body } = await service.app.inject({ url: `${address}${cursor}` });
    const { items = [], next } = JSON.parse(body) as { items?: { id: string }[]; next?: string }; // @NOTE a list, or a problem without items
    if (items.some((item) => item.id === id)) return true;
    cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return false;
}

describe.each(SPELLINGS)('with $name', ({ of, inText }) => {
  test('a name finds its actor or place', async () => {
    const lost: string[] = [];
    const changed = changedBy(of, ['actor', 'place']);
    expect(changed.length).toBeGreaterThan(0);
    for (const { type, id, name } of changed) {
      const clear = (await idUnder(type, name)) === id; // a name that two share is ambiguous in any spelling
      if (clear && (await idUnder(type, of(name))) !== id) lost.push(`${id}: ${of(name)}`);
    }
    expect(lost).toEqual([]);
  });

  if (inText !== false)
    test('a name or title finds its record by text', async () => {
      const lost: string[] = [];
      for (const each of changedBy(of, RECORD_TYPES)) if (!(await isFound(each, of(each.name)))) lost.push(`${each.id}: ${of(each.name)}`);
      expect(lost).toEqual([]);
    });
});
