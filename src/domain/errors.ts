import type { RecordType } from './record-type.ts';

/**
 * The codes of what can go wrong in the domain. The door (`http/problems/problems.ts`) owns the one table from codes to statuses;
 * nothing anywhere decides by the text of a message.
 */
export type ErrorCode =
  | 'invalid-request'
  | 'invalid-cursor'
  | 'ambiguous-name'
  | 'unknown-reference'
  | 'not-found'
  | 'already-exists'
  | 'identifier-taken'
  | 'still-referenced'
  | 'stale-revision'
  | 'precondition-failed'
  | 'stale-position'
  | 'request-in-progress'
  | 'key-reused'
  | 'invalid-import'
  | 'import-conflict'
  | 'overloaded'
  | 'query-timeout'
  | 'too-many-queries'
  | 'storage-busy'
  | 'outcome-unknown'
  | 'storage-full'
  | 'moments-used-up'
  | 'temporary-unusable'
  | 'storage-migrated'
  | 'storage-unusable';

/** The reason why storage cannot be used, where a calling program must tell the reasons apart. */
export type Reason = 'corrupt' | 'not-a-database' | 'read-only' | 'newer' | 'foreign' | 'in-use' | 'replaced';

/**
 * A record that a name may mean, with what tells it apart from others. `about` is a sentence or two: its description, its dates, what it belongs to.
 */
export type Candidate = { type: RecordType; id: string; kind?: string; title?: string; about?: string };

/**
 * One thing wrong with one place of the input. `pointer` is an RFC 6901 JSON pointer into a body, `parameter` a query or path parameter,
 * `file` and `line` (from 1) the place in an import, and `sent` the value that stands there, as JSON text, shortened. `candidates` are the records whose
 * ids `didYouMean` lists.
 */
export type Issue = {
  file?: string;
  line?: number;
  pointer?: string;
  parameter?: string;
  message: string;
  sent?: string;
  didYouMean?: string[];
  candidates?: Candidate[];
};

/** Details of an error. */
type AnnalsErrorOptions = ErrorOptions & { reason?: Reason | undefined; forOperator?: string | undefined };

/** An error that names the thing and says what to do. `message` is a sentence for the person who asked; it never holds SQL, paths or stack frames. */
export class AnnalsError extends Error {
  override readonly name = 'AnnalsError';
  readonly code: ErrorCode;
  readonly issues: Issue[];
  readonly reason: Reason | undefined;
  /** The sentence for the operator, in the log and at the terminal, where it names what clients are not told, such as a path. */
  readonly forOperator: string | undefined;

  constructor(code: ErrorCode, message: string, issues: Issue[] = [], options: AnnalsErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.issues = issues;
    this.reason = options.reason;
    this.forOperator = options.forOperator;
  }
}

/** The error of one query parameter or header. */
export const invalidParameter = (parameter: string, message: string): AnnalsError =>
  new AnnalsError('invalid-request', message, [{ parameter, message }]);

/** The code of a failed call of the system, such as `ENOENT`; empty for any other error. */
export const systemCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** The codes of the system for what this program may not write. */
export const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Returns no rows for the error of a read that the reader pool has no room or time for: an answer can do without its suggestions. Throws others. */
export function noneIfOverloaded(error: unknown): [] {
  if (error instanceof AnnalsError && (error.code === 'query-timeout' || error.code === 'too-many-queries')) return [];
  throw error;
}
