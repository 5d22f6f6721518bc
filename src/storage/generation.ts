import type { Statement } from './port.ts';

/** Reads the generation of a database: one row. */
export const currentGeneration: Statement<[word: string]> = {
  sql: 'SELECT word FROM generation WHERE id = 1',
  params: [],
  cacheable: true,
};
