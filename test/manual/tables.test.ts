import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { commandLine } from '../../src/cli/program.ts';
import { options, readConfig } from '../../src/config.ts';
import { createKey } from '../../src/records/api-keys.ts';
import { sharedApp } from '../helpers/app.ts';
import { RANDOM } from '../helpers/fixtures.ts';
import { chapter, ROOT, tableAfter } from './markdown.ts';

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
    const surroundings = {
      config: () => readConfig({}),
      clock: () => 0,
      random: () => Buffer.alloc(0),
      input: output,
      output,
      errors: output,
      openFiles: Number.POSITIVE_INFINITY,
      folders: { migrations: '', seeds: '' },
    };
    const { commands } = commandLine(surroundings, '0');
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

describe('the chapter on security', () => {
  test('answers the ten risks of OWASP in their order, each with tests that exist', () => {
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
