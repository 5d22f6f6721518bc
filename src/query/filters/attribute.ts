import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { ATTRIBUTE_VALUE_MAX, attributeTerm } from '../../model/attributes.ts';
import { ATTRIBUTE_KEY, ONE_REASON } from '../../model/strings.ts';
import { type Asked, echoedList, echoOf, filter, NO_VALUE, SEVERAL, termsOf, VALUE, VALUES_MAX } from './filter.ts';

/** The schema of the parameter of all lists. */
export const attributeParameter = z
  .array(z.string().min(1, ONE_REASON).max(2000).regex(VALUE, NO_VALUE))
  .min(1)
  .max(10)
  .optional()
  .describe(
    `With this value of an attribute, \`key:value\`: a number as JSON writes it, \`true\` or \`false\`, a text or a text of a list exactly; in double quotes a value may hold a comma, \`name:"a, b"\`. Repeat it: all of them together. ${SEVERAL}`,
  );

/** Values of attributes of the entry: each parameter has alternatives, and what is left out. */
export const attribute = filter(
  { attribute: attributeParameter },
  ({ attribute: values = [] }) => {
    const asked = values.map(attributesIn);
    return {
      conjuncts: asked.flatMap(({ any }) => (any.length > 0 ? [termsOf('attribute', any.flatMap(termsAsked))] : [])),
      excluded: asked.flatMap(({ none }) => termsOf('attribute', none.flatMap(termsAsked))),
      echo: { attribute: asked.map(echoOfAttributes) },
    };
  },
  { attribute: echoedList.describe('Each item must hold; alternatives are separated by commas.') },
);

/** Alternatives as they could be sent. */
export const echoOfAttributes = ({ any, none }: Asked): string => echoOf({ any: any.map(asWritten), none: none.map(asWritten) }).join(',');

/** A term with quotes around a value that has commas or quotes. */
function asWritten(term: string): string {
  const value = term.slice(term.indexOf(':') + 1);
  return /[",]/.test(value) ? `${term.slice(0, -value.length)}"${value.replaceAll('"', '""')}"` : term;
}

/** An alternative: a `!`, a key, a colon, and a value in quotes or without commas. */
const ALTERNATIVE = /\s*(!?)\s*([^:,"]*)(?::(?:"((?:[^"]|"")*)"\s*|([^,"][^,]*)))?(?:,|$)/y;

/** The alternatives in a value of the parameter, as `key:value`, and what is left out. Throws `invalid-request` for what has no such form. */
export function attributesIn(text: string): Asked {
  const asked: Asked = { any: [], none: [] };
  ALTERNATIVE.lastIndex = 0;
  for (let at = 0; at < text.length; at = ALTERNATIVE.lastIndex) {
    const [, sign = '', key = '', quoted, plain] = ALTERNATIVE.exec(text) ?? [];
    const value = quoted?.replaceAll('""', '"') ?? plain?.trim();
    if (value === undefined || value === '' || !ATTRIBUTE_KEY.test(key.trim())) throw unreadable(text.slice(at));
    if (value.length > ATTRIBUTE_VALUE_MAX) {
      const message = `the value of ${firstUnits(key, 80)} has ${value.length} characters: values of more than ${ATTRIBUTE_VALUE_MAX} are not indexed; find them by their words with q`;
      throw invalidParameter('attribute', message);
    }
    asked[sign === '!' ? 'none' : 'any'].push(attributeTerm(key.trim(), value));
  }
  if (asked.any.length + asked.none.length <= VALUES_MAX) return asked;
  throw invalidParameter('attribute', `attribute names more than ${VALUES_MAX} alternatives: give at most ${VALUES_MAX}`);
}

const unreadable = (rest: string) =>
  invalidParameter(
    'attribute',
    `attribute=${firstUnits(rest, 80)} is not key:value: write a key, a colon and a value, such as event_clarity:1, and double quotes around a value with a comma, name:"a, b"`,
  );

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The terms that a value may be in the index: as it is written and, of a number, as JSON writes it. */
export function termsAsked(term: string): string[] {
  const colon = term.indexOf(':');
  const value = term.slice(colon + 1);
  return NUMBER.test(value) ? [...new Set([term, attributeTerm(term.slice(0, colon), Number(value))])] : [term];
}
