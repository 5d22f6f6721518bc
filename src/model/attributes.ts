import { z } from 'zod';
import { ATTRIBUTE_KEY, ATTRIBUTE_KEY_MAX, License, Line, Slug, WebAddress } from './strings.ts';

/** Schemas of what owners add to records: attributes and links. */

/** The greatest number of attributes of a record, of texts in a list, and of characters in a text. */
const [ATTRIBUTES_MAX, LIST_MAX, TEXT_MAX] = [300, 100, 2000];

const attributeText = z.string().max(TEXT_MAX);

const tooMany = `holds more than ${ATTRIBUTES_MAX} attributes: keep those that you ask for, and put the others into a file that a link leads to`;

/** The value of an attribute. */
const AttributeValue = z
  .union([attributeText, z.number(), z.boolean(), z.array(attributeText.min(1)).max(LIST_MAX)])
  .meta({ id: 'AttributeValue', description: 'A text, a number, a boolean, or a list of texts.' });

/** Fields of the owner's own. */
export const Attributes = z
  .record(
    z
      .string()
      .regex(ATTRIBUTE_KEY, 'use a key of letters, digits, "_", "." and "-" that begins with a letter, such as "deaths_a"')
      .max(ATTRIBUTE_KEY_MAX),
    AttributeValue,
  )
  .refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX, tooMany)
  .meta({
    id: 'Attributes',
    description:
      "Fields of the owner's own: texts, numbers, booleans and lists of texts by key. `attribute=key:value` finds what has a value; texts are found by search, too.",
    examples: [{ event_clarity: 1, dyad_name: 'Government - Opposition', coded: true }],
  });

/** A link to something about a record. */
export const Link = z
  .strictObject({
    url: WebAddress,
    title: Line.optional(),
    kind: Slug.optional().describe('`page`, `image`, `video`, `audio`, `map`, `dataset`, ...'),
    credit: Line.optional().describe('Whom to name with it: the photographer, the archive.'),
    license: License.optional(),
  })
  .meta({
    id: 'Link',
    description: 'A link to something about the record: a page, an image, a data set.',
    examples: [{ url: 'https://www.un.org/en/ga/62/', title: 'The session', kind: 'page' }],
  });

/** The greatest number of characters of an attribute's value that `attribute=` finds. */
export const ATTRIBUTE_VALUE_MAX = 200;

/** The term of a value of an attribute: `key:value`, the value as JSON has it, without quotes. */
export const attributeTerm = (key: string, value: string | number | boolean): string => `${key}:${String(value).normalize('NFC')}`;
