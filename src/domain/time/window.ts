import { isoOfDay } from './day.ts';
import { type Bounds, type EdtfDate, parseEdtf } from './edtf.ts';
import { AnnalsError, type Issue } from '../errors.ts';

/** The days a query asks about, since 1970-01-01, inclusive. A side that is absent has no limit. */
export type Window = { from?: number; to?: number };

/** Returns true for a window with a limit. */
export const hasWindow = ({ from, to }: Window): boolean => from !== undefined || to !== undefined;

/** The certainty that something lies in a window: `certain` on every reading of its date, `possible` on some. */
export type Match = 'certain' | 'possible';

type Parameter = 'from' | 'to' | 'on';

/**
 * The window that the parameters `from`, `to` and `on` ask for. A partial date (`2018`, `2018-03`, `2001-21`, `199X`) is its first day in `from`, its last
 * in `to`, and both in `on`, which also takes an interval (`2022-03-03/2022-03-04`). Throws `invalid-request` with one issue per parameter that is
 * wrong: not a date, qualified by `?`, `~` or `%`, an interval where a single date is due, `on` beside `from` or `to`, a `from` that lies after `to`.
 */
export function parseWindow(asked: { [name in Parameter]?: string }): Window {
  const issues: Issue[] = [];
  const on = readParameter('on', asked.on, issues);
  const from = readParameter('from', asked.from, issues);
  const to = readParameter('to', asked.to, issues);

  if (asked.on !== undefined && (asked.from !== undefined || asked.to !== undefined)) {
    issues.push({ parameter: 'on', message: 'on already says both ends: leave out from and to, or leave out on, as in from=2018&to=2019' });
  }
  if (from && to && from.startMin > to.endMax) {
    const message = `from=${from.edtf} (${isoOfDay(from.startMin)}) is after to=${to.edtf} (${isoOfDay(to.endMax)}): write the earlier date in from`;
    issues.push({ parameter: 'from', message }, { parameter: 'to', message });
  }
  if (issues.length > 0) throw new AnnalsError('invalid-request', [...new Set(issues.map((issue) => issue.message))].join('; '), issues);

  const first = (on ?? from)?.startMin;
  const last = (on ?? to)?.endMax;
  return { ...(first !== undefined && { from: first }), ...(last !== undefined && { to: last }) };
}

/** The date in one parameter, or `undefined` where it is absent or wrong; what is wrong is added to `issues`. */
function readParameter(parameter: Parameter, text: string | undefined, issues: Issue[]): EdtfDate | undefined {
  if (text === undefined) return undefined;
  try {
    const date = parseEdtf(text);
    const message = unfitForWindow(parameter, date);
    if (message === undefined) return date;
    issues.push({ parameter, message });
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    issues.push({ parameter, message: error.message });
  }
  return undefined;
}

/** The reason why a date cannot bound a window, if there is one. A window is exact: only the dates that it is compared with may be "about" or "perhaps". */
function unfitForWindow(parameter: Parameter, date: EdtfDate): string | undefined {
  const written = `${parameter}=${date.edtf}`;
  if (date.approximate || date.uncertain) return `${written} is qualified: write ${parameter}=${date.edtf.replaceAll(/[?~%]/g, '')}`;
  if (date.from === date.to) return undefined;
  if (!date.from || !date.to)
    return `${written} has no limit on one side: write ${date.from ? 'from' : 'to'}=${date.edtf.replaceAll(/[./]/g, '')}`;
  if (parameter === 'on') return undefined;
  return `${written} is an interval: write from=${date.edtf.replace('/', '&to=')}, or on=${date.edtf}`;
}

/** True if some reading of the date shares a day with the window. */
export function possiblyOverlaps(bounds: Bounds, window: Window): boolean {
  return (window.to === undefined || bounds.startMin <= window.to) && (window.from === undefined || bounds.endMax >= window.from);
}

/** True if every reading of the date shares a day with the window: the latest start is not after it, the earliest end not before it. */
export function certainlyOverlaps(bounds: Bounds, window: Window): boolean {
  return (window.to === undefined || bounds.startMax <= window.to) && (window.from === undefined || bounds.endMin >= window.from);
}

/** The certainty that the date shares a day with the window; `undefined` if it cannot. */
export function matchOf(bounds: Bounds, window: Window): Match | undefined {
  if (certainlyOverlaps(bounds, window)) return 'certain';
  return possiblyOverlaps(bounds, window) ? 'possible' : undefined;
}

/** The certainty that a moment which overlaps the window does so; nothing without a window. */
export function matchWithin({ startMax, endMin }: Pick<Bounds, 'startMax' | 'endMin'>, window: Window): { match?: Match } {
  if (!hasWindow(window)) return {};
  return { match: certainlyOverlaps({ startMin: startMax, startMax, endMin, endMax: endMin }, window) ? 'certain' : 'possible' };
}
