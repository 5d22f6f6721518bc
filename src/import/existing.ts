import type { Issue } from '../domain/errors.ts';
import { shown } from '../domain/json.ts';
import type { Difference } from './differences.ts';
import type { RecordName } from './report.ts';

/** Number of differences that the fault of one line names; it counts those beyond. */
const NAMED = 5;

/** Longest value in a fault, in characters. */
const SHOWN = 60;

/** The fault of a line whose record exists and differs, where existing records are not to be changed: names the record and what differs. */
export function existsDifferently({ type, id }: RecordName, differing: readonly Difference[]): Issue {
  const named = differing.slice(0, NAMED).map(sentenceOf);
  const more = differing.length > NAMED ? [`and ${differing.length - NAMED} more`] : [];
  return {
    pointer: '/id',
    sent: shown(id, SHOWN),
    message: `the ${type} "${id}" exists already and differs: ${[...named, ...more].join('; ')}`,
  };
}

/** A difference in words: `/name is "A" and would be "B"`. */
function sentenceOf({ field, from, to }: Difference): string {
  if (to === undefined) return `${field} ${shown(from, SHOWN)} would be removed`;
  if (from === undefined) return `${field} ${shown(to, SHOWN)} would be added`;
  return `${field} is ${shown(from, SHOWN)} and would be ${shown(to, SHOWN)}`;
}
