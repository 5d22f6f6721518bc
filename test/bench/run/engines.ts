import type { Noted } from '../measure/figures.ts';
import { quantile } from '../measure/statistics.ts';
import { LISTS } from '../questions/questions.ts';
import { HERE } from '../servers/annals.ts';
import { postgresSide } from '../servers/postgres.ts';
import { type Comparison, comparisonTable, fileSide, measureSides, ratioOf } from './against.ts';

const [FILE, SERVER] = ['SQLite', 'PostgreSQL'] as const;

/** What a comparison of the engines has found: when and on which machine, the version of PostgreSQL, and every figure. */
export type EngineResults = { at: string; machine: string; version: string; events: number; figures: Noted[] };

/** Asks this build on both engines the same questions, each durable and with the settings of a new database. */
export async function measureEngines(comparison: Comparison): Promise<Pick<EngineResults, 'version' | 'events' | 'figures'>> {
  const { side, version, stop } = await postgresSide(SERVER);
  try {
    const figures = await measureSides([fileSide(FILE, HERE), side], comparison);
    return { version, events: comparison.events, figures };
  } finally {
    await stop();
  }
}

/** The report of a comparison as Markdown. */
export function engineReport({ at, machine, version, events, figures }: EngineResults): string {
  return [
    `Measured on ${at.slice(0, 10)}: ${machine}, PostgreSQL ${version} on the same machine, ${events.toLocaleString('en')} events. Medians, in brackets the least and the most of the rounds.`,
    ruleOf(figures),
    comparisonTable(figures, [FILE, SERVER]),
  ].join('\n\n');
}

/** The lists and timeline queries together: how many times as long they take. Records by id and pages asked again stand in the table. */
function ruleOf(figures: readonly Noted[]): string {
  const ratios = LISTS.flatMap((what) => {
    const ratio = ratioOf(figures, what, FILE, SERVER);
    return ratio === undefined ? [] : [{ what, ratio }];
  }).toSorted((one, other) => one.ratio - other.ratio);
  const last = ratios.at(-1);
  if (!last) return 'No list was measured on both.';
  const middle = quantile(
    ratios.map(({ ratio }) => ratio),
    0.5,
  );
  const over = ratios.filter(({ ratio }) => ratio > 5).map(({ what }) => what);
  return `Of ${ratios.length} list and timeline queries, the median takes ${middle.toFixed(2)} times as long on PostgreSQL (goal: at most 2), the most expensive ${last.ratio.toFixed(2)} times (${last.what}; goal: none over 5${over.length > 0 ? `, and over it are: ${over.join('; ')}` : ''}).`;
}
