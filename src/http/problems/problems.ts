import type { ErrorCode, Issue } from '../../domain/errors.ts';
import { ADDRESS_MAX, HEADER_BYTES_MAX, HEADERS_MAX } from '../limits/bounds.ts';

/** Problems of the door itself, besides the domain's. */
export type DoorCode =
  | 'malformed-json'
  | 'unsupported-media-type'
  | 'body-too-large'
  | 'unknown-route'
  | 'method-not-allowed'
  | 'missing-key'
  | 'invalid-key'
  | 'missing-scope'
  | 'missing-precondition'
  | 'import-busy'
  | 'malformed-request'
  | 'request-timeout'
  | 'address-too-long'
  | 'headers-too-large'
  | 'too-many-requests'
  | 'overloaded'
  | 'method-not-known'
  | 'transfer-coding-not-known'
  | 'internal';

/** What a problem is; the last part of its `type`. */
export type ProblemCode = ErrorCode | DoorCode;

/** The one table from codes to statuses. `means` is what the page under `/problems/` says. */
export const PROBLEMS: Record<ProblemCode, { status: number; title: string; means: string }> = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    means:
      'A parameter or a field of the body cannot be accepted. `errors` names each by its parameter or JSON pointer and says what to send instead.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not valid',
    means: 'A cursor belongs to the query that gave it and is taken as it is. Ask the list again without a cursor.',
  },
  'ambiguous-name': {
    status: 400,
    title: 'The name is ambiguous',
    means: 'Several records share this name. `didYouMean` lists their ids; use one of them.',
  },
  'unknown-reference': {
    status: 400,
    title: 'A record that is referred to does not exist',
    means: 'Nothing has this id, name or identifier. `didYouMean` lists the nearest; or create the record first.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    means: 'The body could not be parsed as JSON (RFC 8259). `detail` says where.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    means: 'The request line, a header or the address could not be parsed. `detail` says which, as far as it can be told.',
  },
  'missing-key': {
    status: 401,
    title: 'A key is needed',
    means: 'Send `Authorization: Bearer <key>` with a key made by `annals keys create`. A key is taken from nowhere else.',
  },
  'invalid-key': {
    status: 401,
    title: 'The key is not valid',
    means:
      'A key that was mistyped and one that never existed are answered alike. Who holds a key that has expired or was revoked is told so, and needs another: `annals keys create`, or `annals keys rotate` before it ends.',
  },
  'missing-scope': {
    status: 403,
    title: 'The key does not allow this',
    means:
      'Each key has a scope, and each scope includes those before it: `read`, `write`, and `admin` for what concerns the operator. `detail` names the one that is needed: `annals keys create --scope write`.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such record',
    means: 'Nothing has this id or name. It may have been deleted: its `history` still tells.',
  },
  'unknown-route': {
    status: 404,
    title: 'There is nothing at this address',
    means: 'The address is none of this API. `/docs` lists them all.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    means: 'The address exists, but not with this method. The header `Allow` lists those it has.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    means: 'The headers or the body did not arrive in time (`REQUEST_TIMEOUT`). Send the request again, faster or in smaller parts.',
  },
  'already-exists': {
    status: 409,
    title: 'The id is taken',
    means: 'A record of this type has this id already. Choose another, or change that record with PATCH.',
  },
  'identifier-taken': {
    status: 409,
    title: 'The identifier belongs to another record',
    means:
      'An identifier, a scheme and a value, belongs to one record of a type; upper and lower case are the same. `errors` names the record that has it. Leave it out, or take it from that record first.',
  },
  'import-conflict': {
    status: 409,
    title: 'Records of the import exist already',
    means:
      'Nothing was imported: the id of a line is that of a record that differs. `errors` names each record and what differs. Import with `onExisting=replace` to put the lines in the place of the records, with `onExisting=keep` to leave the records as they are, or give the lines other ids.',
  },
  'still-referenced': {
    status: 409,
    title: 'The record is still referred to',
    means: 'Other records refer to this one; `errors` lists them. Change or delete them first.',
  },
  'request-in-progress': {
    status: 409,
    title: 'The same request is under way',
    means:
      'A request with this `Idempotency-Key` came before and is not answered yet. Send the same one again after a moment: it gets the answer of the first.',
  },
  'stale-position': {
    status: 410,
    title: 'The position is not of this database',
    means:
      'A position in the change log names the generation of the database that gave it. This one was restored or copied since, and the same numbers may stand for other changes; or the position is beyond its newest change. Read all records again with `GET /v1/export`, whose header `Change-Position` says where to go on, or read the log from its beginning with `since=0`.',
  },
  'stale-revision': {
    status: 412,
    title: 'The record has changed',
    means:
      'If-Match lists neither the current revision of this record nor `*`: another change came first, the name has moved to another record, or the database was restored. It takes the `etag` of the record. Read the record again and repeat the change on what it says now.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition is not met',
    means:
      'If-None-Match rules out what is there: `*` rules out whatever exists. Or If-Match of a request that reads lists another ETag than that of the answer. Leave the header out, or give the current `etag`.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    means: 'The body is longer than the limit of this server (`BODY_LIMIT`; of an import, `IMPORT_LIMIT`).',
  },
  'address-too-long': {
    status: 414,
    title: 'The address is too long',
    means: `An address may have ${ADDRESS_MAX} bytes, query and all. Ask for fewer alternatives at a time.`,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    means:
      'Send UTF-8, without a Content-Encoding; JSON as `application/json`, patches also as `application/merge-patch+json`, texts as `text/plain`, imports as `application/x-ndjson`.',
  },
  'key-reused': {
    status: 422,
    title: 'The Idempotency-Key is taken',
    means:
      'Another request came with this `Idempotency-Key` within the last 24 hours. A key stands for one request: the same method, address and body.',
  },
  'missing-precondition': {
    status: 428,
    title: 'If-Match is needed',
    means:
      'This server changes and deletes only what the client has seen (`REQUIRE_IF_MATCH`). Read the record and send its ETag as `If-Match`; `*` stands for whatever it is.',
  },
  'invalid-import': {
    status: 400,
    title: 'The import is not valid',
    means:
      'Nothing was imported. `errors` names the bad lines, up to a hundred faults; `detail` says how many there are, or that reading stopped at a thousand.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    means:
      'The key, or the address without one, has made all the requests of this minute, or tried too many keys that are none. `Retry-After` says in how many seconds to go on; `RateLimit-Policy` and `RateLimit` on every answer say what is allowed and what is left.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    means: `Headers may have ${HEADER_BYTES_MAX / 1024} KiB together, address included, and be ${HEADERS_MAX} in number. Leave out cookies and what else is not needed.`,
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    means: 'This is a fault of the service, not of the request. The log has the reason.',
  },
  'method-not-known': {
    status: 501,
    title: 'The method is not known',
    means: 'This service knows GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.',
  },
  'transfer-coding-not-known': {
    status: 501,
    title: 'The transfer coding is not known',
    means:
      'A body is sent as it is, with `Content-Length`, or in chunks: `Transfer-Encoding: chunked`. No other transfer coding is read here.',
  },
  overloaded: {
    status: 503,
    title: 'There is too much to do',
    means:
      'The service works on as many requests, holds as many connections or has as many writes waiting as it is allowed to, or runs late. It says so at once rather than answer late: try again after `Retry-After` seconds.',
  },
  'query-timeout': {
    status: 503,
    title: 'The answer takes too long',
    means:
      'The answer was given up after the time that this server allows (`QUERY_TIMEOUT`). Ask for less at a time: a narrower window, fewer filters. The same may succeed when less is asked of the server.',
  },
  'too-many-queries': {
    status: 503,
    title: 'Too many large queries are being answered',
    means:
      'Questions about many records wait for one another, and as many wait as this server lets (`READ_QUEUE`). Try again after a moment. Small questions are answered all the while.',
  },
  'import-busy': {
    status: 503,
    title: 'Other imports are under way',
    means:
      'This server imports one body after the other. This one waited longer than it may (`IMPORT_WAIT`), or too many are being received or wait. Nothing of it was imported: send it again when others are over.',
  },
  'storage-busy': {
    status: 503,
    title: 'The database is busy',
    means: 'Another process holds the database, or others change the same records. Try again after a moment.',
  },
  'storage-unusable': {
    status: 503,
    title: 'The database cannot be used',
    means: 'The database does not answer. `/readyz` tells when it does again.',
  },
  'storage-migrated': {
    status: 503,
    title: 'A newer Annals has migrated the database',
    means:
      'This server is of an older release than the database, and writes nothing more, so that no row of an older form gets in. It goes on answering what it can still read. `/readyz` says so as well; the server has to be replaced by the newer release.',
  },
  'temporary-unusable': {
    status: 507,
    title: 'Temporary files cannot be kept',
    means:
      'An import waits in a temporary file, and this server has no folder for it that it may write to (`TMPDIR`). Nothing was written. The log tells the operator which folder, and why.',
  },
  'storage-full': {
    status: 507,
    title: 'The disk is full',
    means: 'Nothing was written. Reading goes on; writing does when there is room again.',
  },
  'moments-used-up': {
    status: 507,
    title: 'The keys of moments are used up',
    means:
      'A database numbers its dated moments up to 33,554,431, and gives no number twice: those of moments that were deleted, and of imports that failed, count as well. Nothing was written, and deleting records does not help. Reading, changes that need no further moment and exports go on. The way out is a new database: `annals export`, `annals migrate` with another `DATABASE_URL`, `annals import`. An export holds the records only: read each stored text (`GET /v1/sources/{id}/text`) and put it again, make keys again (`annals keys create`), and keep the old database for its history, as revisions and changes are numbered from 1 in the new one.',
  },
};

/** A problem as RFC 9457 has it. */
type Problem = { type: string; title: string; status: number; detail: string; instance?: string; errors?: Issue[] };

/** A problem without the request that it is of: what is no request, or no whole one, has no id. */
export function problemOf(code: ProblemCode, detail: string): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `/problems/${code}`, title, status, detail };
}
