import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { storeAt } from '../helpers/store.ts';
import { makeSeeded } from '../setup/databases.ts';
import { KNOWN_FAILURES, nameOf, queries } from './queries.ts';
import { isRight, judge, loadRecords, table, type Verdict } from './verdicts.ts';

/**
 * `npx tsx test/search-quality/main.ts`, after a build: prints precision and recall of the search. `--failures` prints also the queries that are
 * not answered rightly, and `--update` writes their names to the list of known failures.
 */
const { values } = parseArgs({
  options: { failures: { type: 'boolean', default: false }, update: { type: 'boolean', default: false } },
});

const folder = mkdtempSync(join(tmpdir(), 'annals-quality-'));
try {
  const database = join(folder, 'annals.db');
  await makeSeeded(database);
  const engine = await storeAt(database).open();
  const annals = openAnnals(engine, Date.now);
  const config = readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: `file:${database}`, MAX_DELAY: '0', RATE_LIMIT: '0' });
  const app = await buildApp({ annals, config });
  const { token } = await createKey(annals, { label: 'writer', scope: 'write' }, randomBytes);
  await loadRecords(app, annals, token);
  const verdicts: Verdict[] = [];
  for (const query of queries) verdicts.push(await judge(app, query));
  const failures = verdicts.filter((verdict) => !isRight(verdict));
  process.stdout.write(`${table(verdicts)}\n${values.failures ? failures.map(lineOf).join('') : ''}`);
  if (values.update)
    writeFileSync(
      KNOWN_FAILURES,
      `${JSON.stringify(
        failures.map(({ query }) => nameOf(query)),
        undefined,
        2,
      )}\n`,
    );
  await app.close();
  await engine.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function lineOf({ query, status, missing, wrong }: Verdict): string {
  const faults = [missing.length > 0 && `missing ${missing.join(', ')}`, wrong.length > 0 && `wrong ${wrong.join(', ')}`];
  return `${query.point}: ${query.ask}${query.value} (${status}) ${faults.filter(Boolean).join('; ')}${query.why ? ` [${query.why}]` : ''}\n`;
}
