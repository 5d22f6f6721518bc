import type { FastifyInstance } from 'fastify';
import type { Randomness } from '../../domain/token.ts';
import { collectExamples } from './examples.ts';
import { openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';

/** The instant at which the examples happen, in milliseconds: the clock of the database they are asked of, so that each run answers the same. */
export const EXAMPLES_AT = Date.UTC(2026, 10, 21, 10);

/** What stands in for randomness in the database of the examples, whose generation is then the same at each run. */
export const EXAMPLES_RANDOM: Randomness = (size) => Buffer.alloc(size, 'annals');

/**
 * The bytes of `openapi/openapi.json`: the operations with the answers of an app on a fresh, seeded database that was made with
 * `EXAMPLES_RANDOM` and whose clock stands at `EXAMPLES_AT`. `key` may write; the database is changed.
 */
export async function generateOpenApi(
  app: FastifyInstance,
  { operations, key, version }: { operations: readonly Operation[]; key: string; version: string },
): Promise<string> {
  const examples = await collectExamples(app, operations, key);
  return `${JSON.stringify(openApiDocument(operations, examples, version), null, 2)}\n`;
}
