import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missingWrk } from './asking/wrk.ts';
import { figureList, messageOf } from './measure/figures.ts';
import { say } from './report/progress.ts';
import { writeReport } from './report/readme.ts';
import { report, type Results } from './report/tables.ts';
import { comparisonTable, measureAgainst } from './run/against.ts';
import { type EngineResults, engineReport, measureEngines } from './run/engines.ts';
import { plans } from './run/plan.ts';
import { measure } from './run/measure.ts';
import { measureWorst, worstLines } from './worst/worst.ts';

const ROOT = join(import.meta.dirname, '../..');
const RESULTS = join(ROOT, 'bench-results.json');
const RESULTS_OF_ENGINES = join(ROOT, 'bench-results-postgres.json');

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    worst: { type: 'boolean', default: false },
    events: { type: 'string', default: '100000' },
    database: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    alone: { type: 'boolean', default: false },
    against: { type: 'string' },
    postgres: { type: 'boolean', default: false },
    imports: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
  },
});

const comparison = {
  events: Number(values.events),
  imports: Number(values.imports),
  latency: { rounds: Number(values.rounds), asks: 40, most: 3000 },
  load: { rounds: Number(values.rounds), seconds: 2 },
};

if (values.readme && values.postgres) {
  const results = JSON.parse(readFileSync(RESULTS_OF_ENGINES, 'utf8')) as EngineResults; // @NOTE written below, by a run before
  writeReport(join(import.meta.dirname, 'README.md'), engineReport(results), 'npm run bench -- --postgres --readme');
} else if (values.readme) {
  const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results; // @NOTE written below, by a run before
  writeReport(join(import.meta.dirname, 'README.md'), report(results));
} else if (values.worst) {
  const { database, only, alone } = values;
  process.stdout.write(`${worstLines(await measureWorst({ events: Number(values.events), database, only, alone }))}\n`);
} else if (missingWrk() !== undefined) {
  say(missingWrk()!);
  process.exitCode = 1;
} else if (values.against !== undefined) {
  const noted = await measureAgainst(resolve(values.against), comparison);
  process.stdout.write(`${machine()}\n\n${comparisonTable(noted)}\n`);
} else if (values.postgres) {
  const results: EngineResults = { at: new Date().toISOString(), machine: machine(), ...(await measureEngines(comparison)) };
  writeFileSync(RESULTS_OF_ENGINES, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${engineReport(results)}\n`);
} else {
  const figures = figureList();
  const [at, measuredOn] = [new Date().toISOString(), machine()];
  const plan = values.quick ? plans.quick : values.large ? plans.large : plans.usual;
  const interruption = await Promise.race([measure(plan, { fresh: values.fresh }, figures), stopped()]).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  const results: Results = { at, machine: measuredOn, figures: figures.all() };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${report(results)}\n`);
  const failures = results.figures.flatMap((noted) => ('failed' in noted ? [`${noted.what}, ${noted.of}: ${noted.failed}`] : []));
  for (const failure of interruption === undefined ? failures : [...failures, `the run was cut short: ${interruption}`]) {
    say(`failed: ${failure}`);
    process.exitCode = 1;
  }
}
// What was started has been stopped, or is of no more use.
process.exit();

/** Rejects at Ctrl+C: what was measured by then is reported all the same. */
function stopped(): Promise<never> {
  return new Promise((_resolve, reject) => process.once('SIGINT', () => reject(new Error('it was stopped by hand'))));
}

/** The machine and its load before the run: figures of a busy machine include its other programs. */
function machine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const [busy = 0] = loadavg();
  return `${cpus().length} processors (${processor?.model.trim() ?? 'unknown'}), ${memory} GB, ${process.platform}, Node ${process.version.slice(1)}, load average ${busy.toFixed(1)} before the start`;
}
