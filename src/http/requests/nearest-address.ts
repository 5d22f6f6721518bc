import { nearest } from '../../domain/text/nearest.ts';

/** The longest path that is compared and shown, in characters. */
const SHOWN_MAX = 120;

/** The segments between the slashes of a template. */
type Template = readonly string[];

const isVariable = (segment: string): boolean => segment.startsWith('{');

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/**
 * Finds the addresses that an unknown path may mean. A path that differs from an address of the service by slashes, capitals, misspelt words, or
 * `/v1` at its beginning means that one, with its own ids; any other the templates that are nearest to it as a whole.
 */
export function addressFinder(templates: readonly string[]): (path: string) => string[] {
  const known: Template[] = templates
    .filter((template) => !template.includes('*'))
    .map(segmentsOf)
    // An address without a variable goes before one that has any word in its place.
    .toSorted((one, other) => one.filter(isVariable).length - other.filter(isVariable).length);
  return (path) => {
    const shown = path.slice(0, SHOWN_MAX);
    const given = segmentsOf(shown);
    const spellings = [given, ['v1', ...given], given.slice(1)];
    for (const isMeant of [isSame, isSimilar])
      for (const segments of spellings) {
        const template = known.find((each) => isWrittenAs(segments, each, isMeant));
        if (template) return [`/${template.map((segment, index) => (isVariable(segment) ? segments[index] : segment)).join('/')}`];
      }
    return nearest(shown, templates);
  };
}

type Compare = (given: string, segment: string) => boolean;

const isSame: Compare = (given, segment) => given.toLowerCase() === segment;
const isSimilar: Compare = (given, segment) => nearest(given, [segment]).length > 0;

const isWrittenAs = (given: readonly string[], template: Template, isMeant: Compare): boolean =>
  given.length > 0 &&
  given.length === template.length &&
  template.every((segment, index) => isVariable(segment) || isMeant(given[index]!, segment));
