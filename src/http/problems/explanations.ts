import { ADDRESS_MAX, HEADER_BYTES_MAX, HEADERS_MAX } from '../../config.ts';
import type { ProblemCode } from './problems.ts';

/** The text of the page of each problem, under `/problems/`, with code in backticks. */
export const EXPLANATIONS: Record<ProblemCode, string> = {
  'invalid-request':
    'A parameter or a field of the body cannot be accepted. `errors` names each by its parameter or JSON pointer and says what to send instead.',
  'invalid-cursor': 'A cursor belongs to the query that gave it and is taken as it is. Ask the list again without a cursor.',
  'ambiguous-name':
    'Several records share this name, and none of them by right of its official name or its exact spelling. `didYouMean` lists their ids, and `candidates` what tells them apart: use one of the ids.',
  'unknown-reference':
    'Nothing has this id, name, symbol or identifier. `didYouMean` lists the ids of the nearest, if any is near, and `candidates` their names; or create the record first.',
  'malformed-json': 'The body could not be parsed as JSON (RFC 8259). `detail` says where.',
  'malformed-request': 'The request line, a header or the address could not be parsed. `detail` says which, where that is known.',
  'missing-key':
    'Send `Authorization: Bearer <key>` with a key made by `annals keys create`. No other header and no parameter is read for a key.',
  'invalid-key':
    'A mistyped key and one that never existed get the same answer. The holder of a key that has expired or was revoked is told so and needs another: `annals keys create`, or `annals keys rotate` before it expires.',
  'missing-scope':
    'Each key has a scope, and each scope includes those before it: `read`, `write`, and `admin` for administration. `detail` names the one that is needed: `annals keys create --scope write`.',
  'not-found':
    'Nothing has this id or name. It may have been deleted: its `history` remains. `didYouMean` lists the ids of the nearest, if any is near.',
  'unknown-route': 'The API has no such address. `/docs` lists all of them.',
  'method-not-allowed': 'The address exists, but not with this method. The header `Allow` lists the methods that it has.',
  'request-timeout':
    'The headers or the body did not arrive in time (`REQUEST_TIMEOUT`). Send the request again, faster or in smaller parts.',
  'already-exists': 'A record of this type has this id already. Choose another, or change that record with PATCH.',
  'identifier-taken':
    'An identifier, a scheme and a value, belongs to one record of a type; upper and lower case are the same. `errors` names the record that has it. Leave it out, or take it from that record first.',
  'import-conflict':
    'Nothing was imported: the id of a line is that of a record that differs. `errors` names each record and what differs. Import with `onExisting=replace` to put the lines in the place of the records, with `onExisting=keep` to leave the records as they are, or give the lines other ids.',
  'still-referenced': 'Other records refer to one that would be deleted; `errors` lists them. Change or delete them first.',
  'request-in-progress':
    'An earlier request with this `Idempotency-Key` is not answered yet. Send the same request again after a moment: it gets the answer of the first.',
  'stale-position':
    'A position in the change log names the generation of the database that gave it. This database was restored or copied since, so the same numbers may stand for other changes; or the position is beyond its newest change. Read all records again with `GET /v1/export`, whose header `Change-Position` says where to go on, or read the log from its beginning with `since=0`.',
  'stale-revision':
    'If-Match lists neither the current revision of this record nor `*`: another change came first, the name has moved to another record, or the database was restored. It takes the `etag` of the record. Read the record again and repeat the change on what it says now.',
  'precondition-failed':
    'If-None-Match lists the current ETag, or `*` although the record exists. Or If-Match of a request that reads does not list the ETag of the answer. Leave the header out, or give the current `etag`.',
  'body-too-large': 'The body is longer than the limit of this server (`BODY_LIMIT`; of an import, `IMPORT_LIMIT`).',
  'address-too-long': `An address may have ${ADDRESS_MAX} bytes, query included. Ask for fewer alternatives at a time.`,
  'unsupported-media-type':
    'Send UTF-8, without a Content-Encoding; JSON as `application/json`, patches also as `application/merge-patch+json`, texts as `text/plain`, imports as `application/x-ndjson` or under another of its names. `Accept` of the answer, or `Accept-Patch` of that to a patch, lists what is taken.',
  'key-reused':
    'Another request came with this `Idempotency-Key` within the last 24 hours. A key stands for one request: the same method, address and body.',
  'missing-precondition':
    'This server changes and deletes only what the client has seen (`REQUIRE_IF_MATCH`). Read the record and send its ETag as `If-Match`; `*` stands for any.',
  'invalid-import':
    'Nothing was imported. `errors` names the bad lines, up to a hundred faults; `detail` says how many there are, or that reading stopped at a thousand.',
  'too-many-requests':
    'The key, or the address without one, has made all the requests of this minute, or has tried too many wrong keys. `Retry-After` says after how many seconds to try again; `RateLimit-Policy` and `RateLimit` on every answer say what is allowed and what is left.',
  'headers-too-large': `Headers and address together may have ${HEADER_BYTES_MAX / 1024} KiB, and a request ${HEADERS_MAX} headers. Leave out cookies and all that is not needed.`,
  internal: 'This is a fault of the service, not of the request. The log has the reason.',
  'method-not-known': 'This service knows GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.',
  'transfer-coding-not-known':
    'Send the body as it is, with `Content-Length`, or in chunks: `Transfer-Encoding: chunked`. This service reads no other transfer coding.',
  overloaded:
    'The limit of requests, of connections or of waiting writes is reached, or the service runs late. It says so at once rather than answer late: try again after `Retry-After` seconds.',
  'query-timeout':
    'The query was ended after the time that this server allows (`QUERY_TIMEOUT`). Ask for less at a time: a narrower window, fewer filters. The same query may succeed when the server is less busy.',
  'too-many-queries':
    'Large queries wait for one another, and the limit of waiting ones (`READ_QUEUE`) is reached. Try again after a moment. Small queries are answered meanwhile.',
  'import-busy':
    'This server imports one body after the other. This import waited longer than it may (`IMPORT_WAIT`), or too many are being received or wait. Nothing of it was imported: send it again when the others are done.',
  'storage-busy': 'Another process holds the database, or other requests keep changing the same records. Try again after a moment.',
  'storage-unusable': 'The database does not answer. `/readyz` says when it does again.',
  'outcome-unknown':
    'The connection to the database was lost while the change was being committed, so it was made or it was not. Send the same request with the same `Idempotency-Key` again: it gets the answer of the first if that was made, and is made if it was not. Without a key, read the record first.',
  'storage-migrated':
    'This server is of an older release than the database, and writes nothing more, so that no row of an older form gets in. It goes on reading what it can. `/readyz` says so as well; the server has to be replaced by the newer release.',
  'temporary-unusable':
    'An import waits in a temporary file, and this server has no folder that it may write to (`TMPDIR`). Nothing was written. The log tells the operator which folder, and why.',
  'storage-full': 'Nothing was written. Reading goes on; writing resumes when there is room again.',
  'moments-used-up':
    'A database numbers its dated moments up to 536,870,911, and uses no number twice: the numbers of deleted moments and of failed imports count as well. Nothing was written, and deleting records does not help. Reading, changes that need no further moment and exports go on. The way out is a new database: `annals export`, `annals migrate` with another `DATABASE_URL`, `annals import`. An export holds the records only: read each stored text (`GET /v1/sources/{id}/text`) and put it again, make keys again (`annals keys create`), and keep the old database for its history, as revisions and changes are numbered from 1 in the new one.',
};
