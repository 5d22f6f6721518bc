import { AnnalsError, type ErrorCode, type Reason } from '../../domain/errors.ts';
import { ConstraintError } from '../port.ts';

/** The loss of a connection. What it was running was not committed, unless it was a COMMIT. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The code of an error: an SQLSTATE of the server, or a code of the system; empty for any other error. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Returns true for an error that another transaction caused: the same one succeeds when it is run again. */
export const isTransient = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/**
 * Returns true for an error of the server after which another connection is needed: it ends this one, or is no primary any more. `0A000` is that of a
 * prepared statement whose table has changed.
 */
export const endsConnection = (error: unknown): boolean =>
  ['57P01', '57P02', '57P03', '57P05', '25006', '26000', '0A000'].includes(codeOf(error)) || codeOf(error).startsWith('08');

/** Returns true for an error of the system or of the network: those of a server have a severity. */
export const isUnreachable = (error: unknown): error is Error =>
  error instanceof Error && !(error instanceof AnnalsError || 'severity' in error);

/** The error of a write whose COMMIT was not answered. */
export const outcomeUnknown = (cause: unknown): AnnalsError =>
  new AnnalsError(
    'outcome-unknown',
    'the connection to the database was lost while the change was being committed: ask whether it was made before you make it again',
    [],
    { cause },
  );

/** The domain error for an error of the server or of the connection to it; returns any other error unchanged. */
export function asStorageError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AnnalsError) return error;
  if (error instanceof ConnectionLost) return unusable(error, unusableBy(error.cause) ?? LOST);
  const code = codeOf(error);
  const cause = { cause: error };
  if (code.startsWith('23')) return new ConstraintError(`a constraint of the database is broken: ${error.message}`, cause);
  const other = OTHERS[code];
  if (other) return new AnnalsError(...other, [], cause);
  const known = unusableBy(error);
  return known ? unusable(error, known) : error;
}

const unusableBy = (error: unknown): Unusable | undefined => UNUSABLE[codeOf(error)] ?? UNUSABLE[codeOf(error).slice(0, 2)];

function unusable(cause: Error, [reason, message]: Unusable): AnnalsError {
  return new AnnalsError('storage-unusable', message, [], { cause, reason, forOperator: `${message} (${detailsOf(cause)})` });
}

/** The server's own words, or those of the system, which name hosts and users. */
const detailsOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);

const OTHERS: Record<string, [code: ErrorCode, message: string]> = {
  '40001': ['storage-busy', 'other writes keep coming in between; try again'],
  '40P01': ['storage-busy', 'other writes keep coming in between; try again'],
  '55P03': ['storage-busy', 'another process holds the database; try again'],
  '57014': ['query-timeout', 'the answer takes too long: ask for less at a time, such as a narrower window'],
  '53100': ['storage-full', 'the disk is full: nothing was written'],
};

type Unusable = [reason: Reason | undefined, message: string];

const LOST: Unusable = [undefined, 'the connection to the database was lost: try again in a moment'];

const UNREACHABLE: Unusable = [undefined, 'the database server does not answer: start it, or name another in DATABASE_URL'];

const UNUSABLE: Record<string, Unusable> = {
  '08': UNREACHABLE,
  EC: UNREACHABLE, // ECONNREFUSED, ECONNRESET
  EH: UNREACHABLE, // EHOSTUNREACH, EHOSTDOWN
  EN: UNREACHABLE, // ENOTFOUND, ENETUNREACH, ENOENT of a socket
  EA: UNREACHABLE, // EAI_AGAIN
  EP: UNREACHABLE, // EPIPE
  ET: UNREACHABLE, // ETIMEDOUT
  '28': [undefined, 'the database server refuses the user or the password: see DATABASE_URL'],
  '3D': [undefined, 'the database server has no database of the name in DATABASE_URL: make it, or name another'],
  '25006': ['read-only', 'the database server takes no writes: it is read-only'],
  '42501': [undefined, 'the user in DATABASE_URL lacks a right to the tables of the database'],
  '53': [undefined, 'the database server has no room for another connection or not enough memory'],
  '57': [undefined, 'the database server is starting or shutting down: try again in a moment'],
  '58': [undefined, 'the disk of the database server does not answer'],
  XX: ['corrupt', 'the database server reports damage to its files'],
};
