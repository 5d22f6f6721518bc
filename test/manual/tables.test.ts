import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { commandLine } from '../../src/cli/program.ts';
import { options, readConfig } from '../../src/config.ts';
import { historicalDate } from '../../src/domain/time/historical-date.ts';
import { type Comparison, CONDITIONS, OVERLAPS } from '../../src/domain/time/window.ts';
import { PROBLEMS } from '../../src/http/problems/problems.ts';
import { models } from '../../src/model/models.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { sharedApp } from '../helpers/app.ts';
import { DOCUMENT_FILE } from '../helpers/contract.ts';
import { RANDOM } from '../helpers/fixtures.ts';
import { chapter, ROOT, tableAfter } from './markdown.ts';

type OpenApi = {
  paths: Record<string, Record<string, { operationId: string; parameters?: { in: string; name: string }[] }>>;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
};

/** OWASP API Security Top 10, 2023. */
const OWASP = [
  'Broken Object Level Authorization',
  'Broken Authentication',
  'Broken Object Property Level Authorization',
  'Unrestricted Resource Consumption',
  'Broken Function Level Authorization',
  'Unrestricted Access to Sensitive Business Flows',
  'Server Side Request Forgery',
  'Security Misconfiguration',
  'Improper Inventory Management',
  'Unsafe Consumption of APIs',
];

describe('the chapter on operating', () => {
  const service = sharedApp();
  const text = chapter('operating');

  test('lists every option with its default and description', () => {
    expect(tableAfter(text, 'Environment variables:')).toEqual(
      options.map(({ name, default: value, description }) => [name, value, description]),
    );
  });

  test('lists every command with what it does', () => {
    const output = new PassThrough();
    const context = {
      config: () => readConfig({}),
      clock: () => 0,
      random: () => Buffer.alloc(0),
      input: output,
      output,
      errors: output,
      openFiles: Number.POSITIVE_INFINITY,
      folders: { migrations: '', seeds: '' },
    };
    const { commands } = commandLine(context, '0');
    expect(tableAfter(text, '`node dist/main.js <command>`; each has `--help`:')).toEqual(
      commands.map((command) => [command.name(), command.description()]),
    );
  });

  test('lists every exit code', () => {
    expect(tableAfter(text, 'A command ends with one of these codes:')).toEqual(
      Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]),
    );
  });

  test('lists every metric of the service with its help', async () => {
    const { token } = await createKey(service.annals, { label: 'operator', scope: 'admin' }, RANDOM);
    const scraped = await service.ask({ url: '/metrics', as: token });
    const helps = Array.from(scraped.text.matchAll(/^# HELP (annals_\w+) (.*)$/gm), ([, name, help]) => [name!, help!]);
    expect(helps.length).toBeGreaterThan(3);
    const line =
      '`/metrics` is for Prometheus, and needs a key of the scope `admin`. Besides the figures of the process and of Node it has:';
    expect(tableAfter(text, line)).toEqual(helps);
  });
});

test('the chapter on reading lists every problem', () => {
  expect(tableAfter(chapter('reading'), 'These are all the problems there are:')).toEqual(
    Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, String(status), title]),
  );
});

describe('the chapter on time', () => {
  const text = chapter('time');

  test('lists dates with the labels that answers show', () => {
    const line =
      'A date is an [EDTF](https://www.loc.gov/standards/datetime/) string, the standard ISO 8601-2 for dates that are not exact:';
    const rows = tableAfter(text, line);
    expect(rows.length).toBeGreaterThan(15);
    for (const [edtf, , label] of rows) expect([edtf, label]).toEqual([edtf, historicalDate(edtf!).derived.label]);
  });

  test('lists the conditions of every overlap', () => {
    const line =
      '`overlap` says how a moment and the window share their days. A hit is possible if all conditions of the first list hold, and certain if all of the second do:';
    expect(tableAfter(text, line).map(([overlap, , possible, certain]) => ({ overlap, possible, certain }))).toEqual(
      OVERLAPS.map((overlap) => ({
        overlap,
        possible: inWords(CONDITIONS[overlap].possible),
        certain: inWords(CONDITIONS[overlap].certain),
      })),
    );
  });
});

/** Comparisons as the chapter writes them: `startMin <= toMax` is "earliest start ≤ to". */
const inWords = (comparisons: readonly Comparison[]): string =>
  comparisons
    .map(([bound, is, limit]) => {
      const [side, extreme] = [bound.slice(0, -3), bound.endsWith('Min') ? 'earliest' : 'latest'];
      return `${extreme} ${side} ${is === '<=' ? '≤' : '≥'} \`${limit.slice(0, -3)}\``;
    })
    .join(', ');

/** A table of the data model or of the filters as it is served: the first cell of each of its rows. */
const namesIn = (html: string): string[] => Array.from(html.matchAll(/<tr><td>(?:<strong>)?<code>([^<]+)<\/code>/g), ([, name]) => name!);

describe('the tables that the build makes', () => {
  const service = sharedApp();

  test.each([
    ['data-model', 'fields'],
    ['filters', 'parameters'],
  ])('of %s list all %s of the OpenAPI document, in its order', async (name) => {
    const document = JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as OpenApi; // @NOTE pinned by `openapi.test.ts`
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const { text } = await service.ask({ url: `/manual/${name}` });
    const directives = [...chapter(name).matchAll(/^<!-- (fields|parameters) (\w+) -->$/gm)];
    const expected = directives.flatMap(([, kind, of]) =>
      kind === 'fields'
        ? Object.keys(document.components.schemas[of!]!.properties)
        : operations.find(({ operationId }) => operationId === of)!.parameters!.flatMap((each) => (each.in === 'query' ? each.name : [])),
    );
    expect(expected.length).toBeGreaterThan(50);
    expect(namesIn(text).filter((each) => expected.includes(each))).toEqual(expect.arrayContaining(expected));
    expect(text, 'every field and parameter has a meaning').not.toContain('<td></td>');
  });

  test('say of a field its own meaning before that of its type', async () => {
    const { text } = await service.ask({ url: '/manual/data-model' });
    expect(text).toMatch(/<td><code>published<\/code><\/td>\s*<td>.*<\/td>\s*<td>When it was published\.<\/td>/);
  });

  test('cover every schema that clients write, and every operation with its own parameters', () => {
    const written = models.map(({ newSchema }) => newSchema.meta()!['id']);
    for (const id of written) expect(chapter('data-model')).toContain(`<!-- fields ${String(id)} -->`);
    const shown = [...chapter('filters').matchAll(/^<!-- parameters (\w+) -->$/gm)].map(([, id]) => id);
    expect(shown).toEqual(
      expect.arrayContaining([
        'listTimeline',
        'getTimelineHistogram',
        'getTimelineCounts',
        'listActorCounterparts',
        'listEvents',
        'search',
      ]),
    );
  });
});

describe('the chapter on security', () => {
  test('lists the ten risks of OWASP in order, each with tests that exist', () => {
    const line = 'The risks that the OWASP API Security Top 10 of 2023 names, and the tests that hold what is said here:';
    const risks = tableAfter(chapter('security'), line);
    expect(risks.map(([risk]) => risk)).toEqual(OWASP.map((risk, index) => `API${index + 1}:2023 ${risk}`));
    for (const [risk, answer, tests] of risks) {
      expect(answer, risk).toMatch(/\.$/);
      const files = tests!.replaceAll('`', '').split(' ');
      expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    }
  });
});
