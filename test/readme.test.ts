import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { commandLine } from '../src/cli/program.ts';
import { options, readConfig } from '../src/config.ts';
import { sharedApp } from './helpers/app.ts';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The rows of the first table after a line, as cells without the backquotes around them. */
function tableAfter(line: string): string[][] {
  const [, rest] = README.split(`\n${line}\n`);
  if (rest === undefined) throw new Error(`the README has no line "${line}"`);
  const rows = rest.trimStart().split('\n');
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(2, end).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  );
}

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

/** The curl lines of the tour with what they print. */
const tour = [...README.matchAll(/```console\n\$ curl '?http:\/\/localhost:3000([^'\n]+)'?\n(.*)\n```/g)].map(([, address, printed]) => ({
  address: address!,
  printed: printed!,
}));

/** An answer without the id of its request, which is another each time. */
const timeless = (answer: string) => answer.replace(/"\/requests\/[0-9a-f-]{36}"/, '"/requests/…"');

describe('the README', () => {
  const shared = sharedApp();

  test('has a tour of ten curl lines', () => {
    expect(tour).toHaveLength(10);
  });

  test.each(tour)('curl $address answers as printed', async ({ address, printed }) => {
    const response = await shared.app.inject(address);
    expect(timeless(response.body)).toBe(timeless(printed));
  });

  test('lists every option with its default and description', () => {
    expect(tableAfter('Environment variables:')).toEqual(
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
    expect(tableAfter('`node dist/main.js <command>`; each has `--help`:')).toEqual(
      commands.map((command) => [command.name(), command.description()]),
    );
  });

  test('answers the ten risks of OWASP in their order, each with tests that exist', () => {
    const risks = tableAfter('The risks that the OWASP API Security Top 10 of 2023 names, and the tests that hold what is said here:');
    expect(risks.map(([risk]) => risk)).toEqual(OWASP.map((risk, index) => `API${index + 1}:2023 ${risk}`));
    for (const [risk, answer, tests] of risks) {
      expect(answer, risk).toMatch(/\.$/);
      const files = tests!.replaceAll('`', '').split(' ');
      expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    }
  });

  test('lists every exit code', () => {
    expect(tableAfter('A command ends with one of these codes:')).toEqual(
      Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]),
    );
  });
});
