/** A JSON merge patch: RFC 7396. */
export const MERGE_PATCH = 'application/merge-patch+json';

/** One JSON text per line. */
export const NDJSON = 'application/x-ndjson';

/** Names that clients write for NDJSON, which has no registered one. */
export const NDJSON_NAMES = [
  'application/jsonl',
  'application/ndjson',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/json-lines',
  'application/x-json-stream',
  'text/jsonl',
  'text/ndjson',
  'text/x-ndjson',
];

/** Content types that are accepted for another: JSON for a merge patch, and the other names of NDJSON. */
const ALIASES: Record<string, string[]> = { [MERGE_PATCH]: ['application/json'], [NDJSON]: NDJSON_NAMES };

/** Some content types and those that are accepted for them. */
export const acceptedTypes = (contentTypes: readonly string[]): string[] =>
  contentTypes.flatMap((type) => [type, ...(ALIASES[type] ?? [])]);
