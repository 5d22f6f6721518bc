import { nearest } from '../../domain/text/nearest.ts';

/** The longest address that is compared and shown, in characters. */
const SHOWN_MAX = 120;

/** A template and the segments between its slashes. */
type Template = { template: string; segments: string[] };

const isVariable = (segment: string): boolean => segment.startsWith('{');

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/**
 * Finds the addresses that an unknown path may mean. A path that differs from an address of the service only by slashes, by capitals, or by `/v1` at
 * its beginning means that one, with its own ids; any other the templates that are nearest to it.
 */
export function addressFinder(templates: readonly string[]): (path: string) => string[] {
  const known: Template[] = templates
    .filter((template) => !template.includes('*'))
    .map((template) => ({ template, segments: segmentsOf(template) }))
    // An address without a variable goes before one that has any word in its place.
    .toSorted((one, other) => variablesIn(one) - variablesIn(other));
  return (path) => {
    const meant = rewritten(path, known);
    return meant === undefined ? nearest(path.slice(0, SHOWN_MAX), templates) : [meant.slice(0, SHOWN_MAX)];
  };
}

const variablesIn = ({ segments }: Template): number => segments.filter(isVariable).length;

/** The address that a path writes with other slashes, with capitals, or without its beginning. */
function rewritten(path: string, known: readonly Template[]): string | undefined {
  const given = segmentsOf(path);
  for (const segments of [given, ['v1', ...given]]) {
    const found = known.find((each) => isWrittenAs(segments, each.segments));
    if (found) return `/${segments.map((segment, index) => fixedPart(found.segments[index]!) ?? segment).join('/')}`;
  }
  return undefined;
}

const fixedPart = (segment: string): string | undefined => (isVariable(segment) ? undefined : segment);

const isWrittenAs = (given: readonly string[], template: readonly string[]): boolean =>
  given.length > 0 &&
  given.length === template.length &&
  given.every((segment, index) => isVariable(template[index]!) || segment.toLowerCase() === template[index]);
