import { z } from 'zod';
import { HistoricalDate, shown, WrittenDate } from './dates.ts';
import { Language, lineOf } from './strings.ts';

/** Schemas of names and identifiers. */

const name = {
  name: lineOf(300),
  language: Language.optional(),
  kind: z
    .enum(['official', 'short', 'abbreviation', 'variant', 'misspelling'])
    .optional()
    .describe(
      '`variant` is meant when left out. A record of which it is the `official` name, the `short` one or the `abbreviation` goes before others.',
    ),
};

const attested = z
  .boolean()
  .optional()
  .describe(
    '`false`: no document of this database uses the name, which is given so that the record is found. `true` says the same as leaving it out.',
  );

/** One of the names of a record, as clients write it. */
export const NewName = z.strictObject({ ...name, period: WrittenDate.optional(), attested }).meta({
  id: 'NewName',
  description: 'A name under which the record is found, whatever its case, diacritics, punctuation or spacing.',
  ...shown({ name: 'Republic of Kazakhstan', kind: 'official' }),
});

/** One of the names of a record, as the server returns it. */
export const Name = z.strictObject({ ...name, period: HistoricalDate.optional(), attested }).meta({
  id: 'Name',
  description: 'A name under which the record is found, whatever its case, diacritics, punctuation or spacing.',
  examples: [{ name: 'Republic of Kazakhstan', kind: 'official' }],
});

/** An identifier in somebody else's scheme. */
export const Identifier = z
  .strictObject({
    scheme: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]*$/, 'use a lower-case scheme such as "iso3166-1" or "wikidata"')
      .max(40),
    value: lineOf(200),
    match: z
      .enum(['exact', 'close'])
      .optional()
      .describe(
        '`exact` (the same as left out): it names this very record, and no other of its type. `close`: it names something near to it; several records may have it, and one with an exact match goes before them.',
      ),
  })
  .meta({
    id: 'Identifier',
    description: 'An identifier in a scheme such as `iso3166-1` or `wikidata`; `scheme:value` finds the record.',
    examples: [{ scheme: 'iso3166-1', value: 'KZ' }],
  });

/** The names of a record, as clients write them. */
export const names = z.array(NewName).max(200).optional();
