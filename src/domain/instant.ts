/** An instant as RFC 3339 in UTC with milliseconds. `at` counts milliseconds since 1970-01-01. */
export function instantOf(at: number): string {
  return new Date(at).toISOString();
}
