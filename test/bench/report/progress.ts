const started = performance.now();

/** Says on standard error what is being done, after how many seconds of the run; standard output is for the tables. */
export function say(what: string): void {
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${what}\n`);
}
