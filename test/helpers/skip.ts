/**
 * Reports whether a test is skipped: it is when there is a reason, which is printed. With `NOTHING_SKIPPED=1`, as in `.ci/run`, a reason is
 * an error instead.
 */
export function isSkipped(what: string, reason: string | undefined): boolean {
  if (reason === undefined) return false;
  if (process.env['NOTHING_SKIPPED'] === '1') throw new Error(`nothing may be skipped here, but this would be: ${what}, because ${reason}`);
  console.log(`Skipped: ${what}, because ${reason}`);
  return true;
}
