/** An instant as RFC 3339 in UTC with milliseconds. `at` counts milliseconds since 1970-01-01. */
export function instantOf(at: number): string {
  if (latest?.at !== at) latest = { at, text: new Date(at).toISOString() };
  return latest.text;
}

/** The instant written last: whatever is written together has the same one. */
let latest: { at: number; text: string } | undefined;
