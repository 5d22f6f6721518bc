import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesNamed, under } from './map.ts';

const SRC = join(import.meta.dirname, '../../src');
const FOLDERS = ['cli', 'http', 'formats', 'import', 'query', 'records', 'index', 'model', 'storage', 'domain'];

describe('the map names every file:', () => {
  test.each(FOLDERS)('of %s/', (folder) => {
    const files = readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(filesNamed(under(`### ${folder}/`))).toEqual(files.toSorted());
  });

  test('and the files beside the folders', () => {
    const files = readdirSync(SRC).filter((file) => file.endsWith('.ts'));
    expect(filesNamed(under('### src/'))).toEqual(files.toSorted());
  });
});
