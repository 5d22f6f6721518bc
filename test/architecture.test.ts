import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSizes } from './helpers/code-lines.ts';

const SRC = join(import.meta.dirname, '../src');

/** The layers from top to bottom: each may import itself and what stands below. */
const LAYERS = ['main', 'cli', 'app', 'http', 'config', 'import', 'query', 'records', 'index', 'model', 'storage', 'domain'];

/** Layers that the folders beside the chain of layers may import. */
const BESIDE: Record<string, string[]> = { formats: ['model', 'domain'], page: ['model', 'domain'] };

/** A file: its folder, up to two levels below src/, is the file itself where it stands in src/. `inner` are the files that it imports. */
type Source = { path: string; layer: string; folder: string; text: string; imports: string[]; inner: string[] };

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('page/client/'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const imports = [...text.matchAll(/^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
      (match) => match[1] ?? match[2] ?? match[3]!,
    );
    const inner = imports.filter((name) => name.startsWith('.')).map((name) => relative(SRC, join(SRC, dirname(path), name)));
    return { path, layer: layerOf(path), folder: folderOf(path), text, imports, inner };
  });

function folderOf(path: string): string {
  return path.includes('/') ? dirname(path) : layerOf(path);
}

function layerOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function allowed(layer: string): string[] {
  return [
    layer,
    ...(BESIDE[layer] ?? LAYERS.slice(LAYERS.indexOf(layer) + 1)),
    ...(layer === 'http' ? ['page', 'formats'] : []),
    ...(layer === 'app' || layer === 'cli' ? ['formats'] : []),
  ];
}

describe('the folders of src/', () => {
  test('are the folders that the layers name', () => {
    const known = new Set([...LAYERS, ...Object.keys(BESIDE)]);
    expect(sources.map(({ layer }) => layer).filter((layer) => !known.has(layer))).toEqual([]);
  });

  test.each(sources)('$path imports only from its layer and below', ({ layer, inner }) => {
    expect(inner.map(layerOf).filter((each) => !allowed(layer).includes(each))).toEqual([]);
  });

  test.each([
    ['fastify', ['app', 'http']],
    ['@fastify/', ['app', 'http']],
    ['better-sqlite3', ['storage']],
    ['pg', ['storage']],
    ['piscina', ['import', 'storage']],
    ['lru-cache', ['http', 'records']],
    ['commander', ['main', 'cli']],
  ])('%s is imported by %j only', (name, layers) => {
    const users = sources.filter(({ imports }) =>
      imports.some((each) => each === name || each.startsWith(name.endsWith('/') ? name : `${name}/`)),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ layer }) => !layers.includes(layer)).map(({ path }) => path)).toEqual([]);
  });
});

/** The nodes of a graph from which its arrows lead back to them. */
function circular(arrows: readonly (readonly [from: string, to: string])[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of arrows) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  return [...next.keys()].filter((start) => {
    const reached = new Set(next.get(start));
    for (const node of reached) for (const each of next.get(node) ?? []) reached.add(each);
    return reached.has(start);
  });
}

describe('imports, also those of types, go in one direction', () => {
  test('between files', () => {
    expect(circular(sources.flatMap(({ path, inner }) => inner.map((to) => [path, to] as const)))).toEqual([]);
  });

  test('between folders of both levels', () => {
    expect(circular(sources.flatMap(({ folder, inner }) => inner.map((to) => [folder, folderOf(to)] as const)))).toEqual([]);
  });
});

/** The SQL of SQLite alone: PostgreSQL has no such functions, operators, hints, verbs and full-text queries. */
const ONLY_SQLITE = new RegExp(
  [
    /\b(?:json_each|json_extract|json_group_array|group_concat|ifnull|iif|instr|typeof|strftime|julianday|unixepoch|last_insert_rowid|changes)\(/,
    /\bMATCH\b|\browid\b|\bGLOB\b|->>|\bLIMIT \+|\b(?:NOT )?INDEXED\b|\bPRAGMA\b|\bsqlite_|\b(?:INSERT|UPDATE) OR \w|\bREPLACE INTO\b/,
    /\bWITHOUT ROWID\b|\bCOLLATE (?:NOCASE|BINARY|RTRIM)\b|\bIS (?:NOT )?[?:]|\bfts5\b|\bdata_version\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** The files that are of one engine: its folder, what SQLite has for the whole database, and what both name to tell each other apart. */
const OF_AN_ENGINE = /^storage\/(?:sqlite|postgres|maintenance|full-text)\/|^storage\/has-table\.ts$/;

const outside = (...layers: string[]): Source[] => sources.filter(({ layer }) => !layers.includes(layer));

describe('SQL', () => {
  test('stands only in storage, index and the folders of queries', () => {
    const sql = /\b(?:SELECT (?:[\w*(]|\$\{)|INSERT (?:OR \w+ )?INTO |UPDATE (?:\w+|\$\{[^}]*\}) SET |DELETE FROM |PRAGMA )/;
    const found = outside('storage', 'index', 'query').filter(({ text }) => sql.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('that only SQLite understands stands only in the files of an engine', () => {
    const found = sources.filter(({ path, text }) => !OF_AN_ENGINE.test(path) && ONLY_SQLITE.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

/** The modules that open connections or start processes. */
const OUTWARD = /^(?:node:)?(?:https?|http2|net|tls|dgram|dns|child_process|cluster)(?:\/promises)?$|^undici$/;

/** The files that may import values of these modules, and the values. A converter that runs in a process of its own belongs here. */
const PERMITTED = [
  'cli/serve.ts: lookup of node:dns/promises', // the address to listen on
  'config.ts: isIP of node:net',
  'http/problems/client-error.ts: STATUS_CODES of node:http',
];

/** The values that a file imports, `NAME of MODULE`. A type opens nothing. */
function valuesImported(text: string): string[] {
  const imports = [...text.matchAll(/^(?:import|export) (?!type )([^'";]*?) from '([^']+)'/gm)].flatMap(([, names = '', module = '']) =>
    names
      .replaceAll(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => [name, module] as const),
  );
  const whole = [...text.matchAll(/^import '([^']+)'|\bimport\('([^']+)'\)|\brequire\('([^']+)'\)/gm)].map(
    (match) => ['all', match[1] ?? match[2] ?? match[3]!] as const,
  );
  return [...imports, ...whole].filter(([, module]) => OUTWARD.test(module)).map(([name, module]) => `${name} of ${module}`);
}

describe('no file calls another service or starts a process', () => {
  test('through a module that is not permitted', () => {
    const found = sources.flatMap(({ path, text }) => valuesImported(text).map((value) => `${path}: ${value}`));
    expect(found.toSorted()).toEqual(PERMITTED);
  });

  test('through a global of Node', () => {
    const opens = /(?<![.\w])(?:globalThis\.)?(?:fetch|WebSocket|EventSource)\(/;
    expect(sources.filter(({ text }) => opens.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('code with one home', () => {
  test.each([
    ['the clock', /\bDate\.now\b|\bnew Date\(\)/, 'main.ts'],
    ['the environment', /\bprocess\.env\b/, 'main.ts'],
    ['the exit of the process', /\bprocess\.exit(?:Code)?\b/, 'main.ts'],
  ])('%s is used in one file', (_what, pattern, home) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([home]);
  });
});

test('no file of src/ but the page is longer than 300 lines', () => {
  const long = fileSizes(SRC).filter(({ lines }) => lines > 300);
  expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

/** Folders with one file for each command, operation, filter, record type or verb, and whatever these share. */
const FOLDERS_BY_THING = new Set(['cli', 'http/operations', 'query/filters', 'formats', 'model', 'records']);

test('no folder of src/ holds more than 12 files, except folders with one file for each item of a list', () => {
  const folders = [...new Set(sources.filter(({ path }) => path.includes('/')).map(({ folder }) => folder))];
  const sizes = folders.map((name) => ({ name, size: sources.filter(({ folder }) => folder === name).length }));
  expect(sizes.filter(({ name, size }) => size > 12 && !FOLDERS_BY_THING.has(name))).toEqual([]);
});
