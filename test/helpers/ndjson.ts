import { readFileSync } from 'node:fs';

/** The lines of a file of NDJSON of this repository, of which the caller knows the shape. */
export const readNdjson = <Line>(path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line); // @NOTE files of this repository
