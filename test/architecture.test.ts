import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSizes } from './helpers/code-lines.ts';

const SRC = join(import.meta.dirname, '../src');

/** The layers from top to bottom: each may import itself and what stands below. */
const LAYERS = ['main', 'cli', 'app', 'http', 'config', 'import', 'query', 'records', 'index', 'model', 'storage', 'domain'];

/** What stands beside the layers knows only these. */
const BESIDE: Record<string, string[]> = { formats: ['model', 'domain'], page: ['model', 'domain'] };

type Source = { path: string; layer: string; text: string; imports: string[] };

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('page/client/'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const imports = [...text.matchAll(/^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
      (match) => match[1] ?? match[2] ?? match[3]!,
    );
    return { path, layer: layerOf(path), text, imports };
  });

function layerOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function allowed(layer: string): string[] {
  return [
    layer,
    ...(BESIDE[layer] ?? LAYERS.slice(LAYERS.indexOf(layer) + 1)),
    ...(layer === 'http' ? ['page', 'formats'] : []),
    ...(layer === 'cli' ? ['formats'] : []),
  ];
}

describe('the folders of src/', () => {
  test('are those that the layers name', () => {
    const known = new Set([...LAYERS, ...Object.keys(BESIDE)]);
    expect(sources.map(({ layer }) => layer).filter((layer) => !known.has(layer))).toEqual([]);
  });

  test.each(sources)('$path imports only from its layer and below', ({ path, layer, imports }) => {
    const inner = imports.filter((name) => name.startsWith('.'));
    const layers = inner.map((name) => layerOf(relative(SRC, join(SRC, dirname(path), name))));
    expect(layers.filter((each) => !allowed(layer).includes(each))).toEqual([]);
  });

  test.each([
    ['fastify', ['app', 'http']],
    ['@fastify/', ['app', 'http']],
    ['drizzle-orm', ['storage', 'records']],
    ['better-sqlite3', ['storage']],
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

test('no file asks another service: nothing that opens a connection is called or imported', () => {
  const opens = /\b(?:fetch|WebSocket|EventSource)\(|\.(?:request|connect|createConnection|lookup)\(/;
  const modules = new Set(['node:https', 'node:http2', 'node:tls', 'node:dgram', 'node:dns', 'node:child_process', 'undici']);
  const asking = sources.filter(({ text, imports }) => opens.test(text) || imports.some((name) => modules.has(name)));
  expect(asking.map(({ path }) => path)).toEqual([]);
});

describe('what has one home', () => {
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
