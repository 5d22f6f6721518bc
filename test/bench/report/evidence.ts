import type { Figure, Noted } from '../measure/figures.ts';
import { median } from '../measure/statistics.ts';

/** Names of the measured servers in figures; peers have their own names. */
export const ANNALS = 'Annals';
export const LIMIT = 'Fastify alone';
export const BARE = 'node:http alone';

/** The figures of a run, to be asked for by name. Asking for what was not measured throws, with the reason. */
export type Evidence = ReturnType<typeof evidenceOf>;

/** Makes figures askable. */
export function evidenceOf(figures: readonly Noted[]) {
  const find = (what: string, of: string, events: number) =>
    figures.find((figure) => figure.what === what && figure.of === of && figure.events === events);
  const figureOf = (what: string, of: string, events: number): Figure => {
    const figure = find(what, of, events);
    if (!figure) throw new Error(`not measured: ${what}, ${of}, ${events.toLocaleString('en')} events`);
    if ('rounds' in figure) return figure;
    throw new Error(`${what}, ${of}: ${'failed' in figure ? figure.failed : figure.absent}`);
  };
  return {
    find,
    figureOf,
    /** The median of the rounds. */
    value: (what: string, of: string, events: number): number => median(figureOf(what, of, events).rounds),
    /** The numbers of events at which something of somebody was asked for, smallest first, measured or not. */
    sizesOf: (what: string, of: string): number[] =>
      figures
        .filter((figure) => figure.what === what && figure.of === of)
        .map(({ events }) => events)
        .toSorted((a, b) => a - b),
  };
}
