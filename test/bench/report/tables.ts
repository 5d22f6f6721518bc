import { BLOCKING } from '../measure/blocking.ts';
import { MEASURES } from '../measure/contests.ts';
import { COSTS } from '../measure/costs.ts';
import { type Figure, messageOf, type Noted } from '../measure/figures.ts';
import { median, spread } from '../measure/statistics.ts';
import { peers } from '../peers/index.ts';
import { QUESTIONS } from '../questions/questions.ts';
import { ANNALS, BARE, type Evidence, evidenceOf, LIMIT } from './evidence.ts';
import { GOALS, type Goal, grown } from './goals.ts';

/** Results of a run: its time, its machine, and all its figures. */
export type Results = { at: string; machine: string; figures: Noted[] };

/** Everything that a run has found, as Markdown: read as it is on a terminal, and in the README of the benchmark. */
export function report({ at, machine, figures }: Results): string {
  const found = evidenceOf(figures);
  return [
    `Measured on ${at.slice(0, 10)}: ${machine}. Medians, in brackets the least and the most of the rounds.`,
    'The goals of the design. The limit is the same Fastify that answers the same bytes out of memory.',
    goalTable(found),
    'Requests per second, 32 clients (64 that create), the same events and questions for all:',
    rivalTable(found),
    'What one client waits for Annals, in milliseconds, each question put with other values than before unless it says so:',
    latencyTable(found),
    'What else grows:',
    costTable(found),
  ].join('\n\n');
}

function goalTable(found: Evidence): string {
  const signs = { yes: 'met', no: 'not met', unknown: 'not at this size' };
  const judged = ({ judge }: Goal): string[] => {
    try {
      const { figure, met } = judge(found);
      return [figure, signs[met]];
    } catch (error) {
      return [messageOf(error), 'not measured'];
    }
  };
  return table(
    ['what', 'goal', 'figure', ''],
    GOALS.map((goal) => [goal.what, goal.goal, ...judged(goal)]),
  );
}

function rivalTable(found: Evidence): string {
  const measures = [MEASURES.byId, MEASURES.page, MEASURES.again, MEASURES.unchanged, MEASURES.search, MEASURES.create];
  const rows = [BARE, LIMIT, ANNALS, ...peers.map(({ name }) => name)].flatMap((of) => {
    const sizes = new Set(measures.flatMap((what) => found.sizesOf(what, of)));
    return [...sizes].map((events) => [of, events.toLocaleString('en'), ...measures.map((what) => rate(found.find(what, of, events)))]);
  });
  return table(['', 'events', ...measures], rows);
}

function latencyTable(found: Evidence): string {
  const sizes = found.sizesOf(QUESTIONS[0]!.name, ANNALS);
  const names = [...QUESTIONS.map(({ name }) => name), ...Object.values(BLOCKING)];
  const rows = names
    .filter((name) => found.sizesOf(name, ANNALS).length > 0)
    .map((name) => [name, ...sizes.map((events) => time(found.find(name, ANNALS, events))), growthOf(found, name, sizes)]);
  return table(['', ...sizes.map((events) => `${events.toLocaleString('en')} events`), 'grows (median, p99)'], rows);
}

function costTable(found: Evidence): string {
  const sizes = found.sizesOf(COSTS.size, ANNALS);
  const names = Object.values(COSTS).filter((name) => found.sizesOf(name, ANNALS).length > 0);
  const rows = names.map((name) => [name, ...sizes.map((events) => plain(found.find(name, ANNALS, events)))]);
  return table(['', ...sizes.map((events) => `${events.toLocaleString('en')} events`)], rows);
}

/** Cells as a Markdown table whose columns line up. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(cells[0]!), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.slice(1).map(line)].join('\n');
}

type Found = Noted | undefined;

/** A cell: what it says of a figure, why there is none, or nothing where none was asked for. */
const cell =
  (say: (figure: Figure) => string) =>
  (found: Found): string => {
    if (found === undefined) return '';
    if ('rounds' in found) return say(found);
    return 'failed' in found ? `failed: ${found.failed}` : found.absent;
  };

/** A number with three digits that count, or whole. */
export const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
const range = (rounds: readonly number[]): string => (rounds.length === 1 ? '' : ` (${spread(rounds).map(number).join('..')})`);

const rate = cell(({ rounds }) => number(median(rounds)) + range(rounds));
const time = cell(({ rounds, p99 }) => `${number(median(rounds))}${range(rounds)}${p99 === undefined ? '' : `, p99 ${number(p99)}`}`);
const plain = cell(({ rounds, unit }) => `${number(median(rounds))} ${unit}${range(rounds)}`);

function growthOf(found: Evidence, name: string, sizes: readonly number[]): string {
  const [from, to] = [sizes[0], sizes.at(-1)];
  if (from === undefined || to === undefined || from === to) return '';
  try {
    const { median: middle, p99 } = grown(found, name, from, to);
    return `${middle.factor.toFixed(1)}, ${p99.factor.toFixed(1)}`;
  } catch {
    return ''; // the cells say why
  }
}
