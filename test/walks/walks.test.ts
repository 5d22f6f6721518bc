import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { filesNamed, under } from './map.ts';
import type { Walk, Walks } from './walks.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

/** Upper bounds for a PATCH of one note: SQL statements, and files besides `domain/` and the hooks. */
const MOST = { statements: 25, files: 16 };

/** Files that a page of the timeline may take. */
const TIMELINE_FILES_MAX = 10;

let found: Walks;

beforeAll(() => {
  // Coverage is counted in a process that does nothing else.
  const output = execFileSync(process.execPath, ['--import', 'tsx', MAIN, '--json', '--seeded', inject('databases').seeded]);
  found = JSON.parse(output.toString()) as Walks; // @NOTE printed by `main.ts`
});

const walkOf = (start: string): Walk => found.walks.find(({ request }) => request.startsWith(start))!;

/** The files of a walk, where the folder of filters counts as one. */
const filesOf = ({ own }: Walk): Set<string> => new Set(own.map((file) => file.replace(/^query\/filters\/.*/, 'query/filters/')));

test(`a page of the timeline executes at most ${TIMELINE_FILES_MAX} files besides domain/ and the hooks`, () => {
  expect([...filesOf(walkOf('GET /v1/timeline'))].length).toBeLessThanOrEqual(TIMELINE_FILES_MAX);
});

describe('a PATCH of one note', () => {
  test(`runs at most ${MOST.statements} SQL statements`, () => {
    expect(walkOf('PATCH').statements).toBeLessThanOrEqual(MOST.statements);
  });

  test(`executes at most ${MOST.files} files besides domain/ and the hooks`, () => {
    expect(walkOf('PATCH').own.length).toBeLessThanOrEqual(MOST.files);
  });
});

test('a GET of one record executes at most 4 files besides domain/ and the hooks', () => {
  expect(walkOf('GET /v1/events').own.length).toBeLessThanOrEqual(4);
});

test('a GET of the timeline executes at most 3 files of http/ and formats/ besides the hooks', () => {
  const own = walkOf('GET /v1/timeline').own.filter((file) => /^(?:http|formats)\//.test(file));
  expect(own.length).toBeLessThanOrEqual(3);
});

describe('the map names the files', () => {
  test('of the hooks', () => {
    expect(filesNamed(under('## Three walks'))).toEqual(found.hooks.toSorted());
  });

  test.each(['GET /v1/timeline', 'PATCH /v1/events/{id}', 'POST /v1/import'])('of %s', (request) => {
    expect(filesNamed(under(`### \`${request}\``))).toEqual(walkOf(request.split('{')[0]!).own.toSorted());
  });
});

test('the walk of an import includes its worker', () => {
  expect(walkOf('POST /v1/import').own).toContain('import/import.ts');
});
