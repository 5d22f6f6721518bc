import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Locked = { link?: true; integrity?: string; resolved?: string; hasInstallScript?: true };

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'));

// @NOTE npm writes both files in these shapes
const manifest = read('package.json') as Record<'dependencies' | 'devDependencies' | 'allowScripts', Record<string, string | boolean>>;
const lock = read('package-lock.json') as { packages: Record<string, Locked & typeof manifest> };

const { '': root, ...packages } = lock.packages;

test('the lock file matches package.json, and has a hash of every package', () => {
  for (const kind of ['dependencies', 'devDependencies'] as const) expect(root![kind]).toEqual(manifest[kind]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  for (const [path, { integrity }] of Object.entries(packages)) expect(integrity, path).toMatch(/^sha512-/);
});

test('every dependency has a version range of a registry', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  for (const [name, version] of versions) expect(version, name).toMatch(/^[~^]?\d+\.\d+\.\d+$/);
});

test('only better-sqlite3 may run a script at installation', () => {
  const scripted = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path.split('node_modules/').at(-1)!] : [],
  );
  expect(manifest.allowScripts).toEqual(Object.fromEntries(scripted.map((name) => [name, name === 'better-sqlite3'])));
});
