import { z } from 'zod';
import { AnnalsError } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { filterParameters, type FilterParameters } from '../filters/index.ts';
import { ATTRIBUTE_KEY, ATTRIBUTE_KEY_MAX } from '../../model/strings.ts';
import { NO_VALUE, VALUE } from '../filters/filter.ts';
import { pageParameters } from '../lists/page.ts';
import { ATTRIBUTE, attributeDimension, type Dimension, DIMENSIONS, type Grouping, groupingOf } from './dimensions.ts';

/** The names of all dimensions, and as they are written. */
const NAMES = [...DIMENSIONS.map(({ name }) => name), ATTRIBUTE];
const WITH_KEY = `${ATTRIBUTE}:key`;
const WRITTEN = NAMES.map((name) => (name === ATTRIBUTE ? WITH_KEY : name));

/** Maximum number of dimensions of a count. */
const MOST = 2;

/** The parameters of the counts of the timeline. */
export const CountsParameters = z.strictObject({
  ...filterParameters,
  by: z
    .string()
    .min(1, NO_VALUE)
    .max(300)
    .regex(VALUE, NO_VALUE)
    .meta({
      description: `By what: one dimension, or two separated by a comma, of which one may be a unit of time. ${DIMENSIONS.map(({ name, description }) => `\`${name}\`: ${description}`).join('; ')}; \`${WITH_KEY}\`: each value of the attribute with this key, of which one may be given.`,
      examples: ['kind'],
    }),
  sum: z
    .string()
    .min(1, NO_VALUE)
    .max(300)
    .regex(VALUE, NO_VALUE)
    .optional()
    .describe('Add up the figures with this label, such as `deaths`: the answer and each group have `sums`, one for each unit.'),
  ...pageParameters,
});

/** Parameters of counts. */
export type CountsFilters = FilterParameters & z.infer<typeof CountsParameters>;

/** The grouping that `by` asks for. Throws `invalid-request` for a dimension that is not known, one twice, or more than can be counted at once. */
export function readBy(by: string): Grouping {
  const parts = by.split(',').flatMap((part) => part.trim() || []);
  if (parts.length > MOST) throw refused(`names ${parts.length} dimensions: give one or two of ${WRITTEN.join(', ')}`);
  const dimensions = parts.map(dimensionOf);
  const [one, other] = dimensions;
  if (one && one.name === other?.name) throw refused(`names ${one.name} twice: give it once, or another dimension`);
  if (one && other && 'attribute' in one && 'attribute' in other)
    throw refused(
      `names two attributes, ${one.name} and ${other.name}: give one, and choose a value of the other with the filter attribute`,
    );
  if (one && other && 'unit' in one && 'unit' in other)
    throw refused(`names two units of time, ${one.name} and ${other.name}: give the narrower one`);
  return groupingOf(dimensions);
}

/** The dimension of a part of `by`, `name` or `name:argument`. */
function dimensionOf(part: string): Dimension {
  const [name, ...argument] = part.split(':').map((each) => each.trim()) as [string, ...string[]]; // @NOTE a text has a first part
  if (name === ATTRIBUTE) return attributeOf(argument.join(':'));
  const dimension = DIMENSIONS.find((each) => each.name === name);
  if (dimension && argument.length === 0) return dimension;
  if (dimension) throw refused(`gives ${name} an argument, which it does not take: write ${name}`, [name]);
  const didYouMean = nearest(name, NAMES).map((each) => WRITTEN[NAMES.indexOf(each)]!);
  const hint = didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : `known are ${WRITTEN.join(', ')}`;
  throw refused(`names the dimension "${firstUnits(name, 80)}", which is unknown: ${hint}`, didYouMean);
}

/** The dimension of an attribute. */
function attributeOf(key: string): Dimension {
  if (key === '') throw refused(`gives ${ATTRIBUTE} without a key: write ${WITH_KEY}, such as ${ATTRIBUTE}:event_clarity`);
  if (ATTRIBUTE_KEY.test(key) && key.length <= ATTRIBUTE_KEY_MAX) return attributeDimension(key);
  throw refused(
    `gives ${ATTRIBUTE} the key "${firstUnits(key, 80)}", which none can have: write one of at most ${ATTRIBUTE_KEY_MAX} letters, digits, "_", "." and "-" that begins with a letter, such as event_clarity`,
  );
}

function refused(message: string, didYouMean: string[] = []): AnnalsError {
  return new AnnalsError('invalid-request', `by: ${message}`, [{ parameter: 'by', message, ...(didYouMean.length > 0 && { didYouMean }) }]);
}
