import { RENDERING } from '../../src/http/cache/etags.ts';
import { GENERATION } from './fixtures.ts';

/** The tag of a record at a revision: what its body shows as `etag` and If-Match takes. */
export const etagOf = (id: string, revision: number): string => `"${id}.${revision}.${GENERATION}"`;

/** The header ETag of a record at a revision. */
export const etagHeaderOf = (id: string, revision: number): string => `"${id}.${revision}.${GENERATION}.r${RENDERING}"`;
