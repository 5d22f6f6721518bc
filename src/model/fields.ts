import { z } from 'zod';
import { CALENDAR_NAMES, calendarAdvice } from '../domain/time/calendars.ts';
import { isVisible } from '../domain/text/name.ts';
import { required, searched, text } from './columns.ts';
import { NewRelation, Relation } from './relations.ts';
import { Id, Instant, Language, Line, ONE_REASON, Prose, Reference, SHOWS_NOTHING, Slug, Token } from './strings.ts';

const edtf = z
  .string()
  .min(1)
  .max(64)
  .meta({
    description:
      'EDTF (ISO 8601-2 level 0 without times of day, level 1 without years of more than four digits, and sets of which one is meant): `2018-03-26`, `2018-03`, `2018`, `199X`, `2001-21` (spring), `2015/2021`, `2021-09/..` (still going on), `/2021` (start unknown), `2022-01~` (about), `2018?` (uncertain), `[1890,1892]` or `[1890..1892]` (one of these), `[..1911]` (before 1912). Kept verbatim.',
    examples: ['2022-03-03/2022-03-04'],
  });
const asStated = Line.meta({ description: "The source's own wording of the date.", examples: ['in September 2006'] });

/** The ways in which a date is known. */
export const Basis = z.enum(['stated', 'inferred']);

const basis = Basis.optional().describe(
  'How the date is known: `stated` by the source (the same as left out), or `inferred` from it by the reader.',
);

const calendar = z
  .enum(CALENDAR_NAMES, { error: ({ input }) => calendarAdvice(input) })
  .optional()
  .describe(
    'The calendar in which `edtf` is written: `gregorian` (the same as left out), `julian`, or `islamic-civil` (reckoned by rule, years of the Hijra). `earliest` and `latest` are Gregorian, and `label` names the days of both.',
  );

/** Fields of a date as clients write them, besides the date itself. */
const statedFields = { asStated: asStated.optional(), basis, calendar };

/** A date as clients write it, with what they say of it. */
export const NewHistoricalDate = z.strictObject({ edtf, ...statedFields }).meta({
  id: 'NewHistoricalDate',
  description: 'A date, as precise as its source and never more.',
  examples: [{ edtf: '2018-03-26' }, { edtf: '1917-10-25', calendar: 'julian' }],
});

/** Examples of a schema that transforms: zod leaves those of its metadata out of the JSON schema. */
const shown = (example: unknown) => ({ examples: [example], override: { examples: [example] } });

/** A date as clients write it: the text of `edtf` stands for an object with nothing else. */
export const WrittenDate = z
  .union([edtf.transform((written): z.infer<typeof NewHistoricalDate> => ({ edtf: written })), NewHistoricalDate])
  .meta({
    id: 'WrittenDate',
    description: 'A date: its EDTF string alone, or an object. It is returned as an object.',
    ...shown('2018-03-26'),
  });

const day = z
  .string()
  .meta({ description: 'A day, `YYYY-MM-DD`, proleptic Gregorian; years before 1 are astronomical (`-0043` is 44 BCE).' });
const side = z.enum(['start', 'end', 'both']);

/** Fields that the server derives from an EDTF string; every dated shape that it returns has them. */
export const derivedDate = {
  earliest: day.optional().describe('The earliest day it can have started; absent when that end is open or unknown.'),
  latest: day.optional().describe('The latest day it can have ended; absent when that end is open or unknown.'),
  precision: z.enum(['day', 'month', 'season', 'year', 'decade', 'century']).describe('The coarser of its two ends.'),
  label: z.string().describe('The date in English words.'),
  open: side.optional().describe('Which end is open: `end` is still going on.'),
  unknown: side.optional().describe('Which end is unknown.'),
};

/** A date as the server returns it. */
export const HistoricalDate = z
  .strictObject({ edtf, ...statedFields, ...derivedDate })
  .meta({ id: 'HistoricalDate', description: 'A date as stated, with the days it can lie on.' });

/** One of the names of a record. */
export const Name = z
  .strictObject({
    name: z
      .string()
      .min(1, ONE_REASON)
      .max(300)
      .regex(/\S/, { message: 'give at least one character that is not a space', abort: true })
      .refine(isVisible, SHOWS_NOTHING),
    language: Language.optional(),
    kind: z.enum(['official', 'short', 'abbreviation', 'variant', 'misspelling']),
  })
  .meta({
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
    value: Token,
  })
  .meta({
    id: 'Identifier',
    description: 'An identifier in a scheme such as `iso3166-1` or `wikidata`; `scheme:value` finds the record.',
    examples: [{ scheme: 'iso3166-1', value: 'KZ' }],
  });

/** The names of a record, and its identifiers. */
export const names = z.array(Name).max(200).optional();
export const identifiers = z.array(Identifier).max(50).optional();

/** An actor in an entry. */
export const Participant = z
  .strictObject({
    actor: Reference.describe('The actor: its id; when writing also any of its names, or `scheme:value`.'),
    role: Slug.describe('What it did: `host`, `initiator`, `signatory`, `party`, `speaker`, `participant`, ...'),
    onBehalfOf: Reference.optional().describe('The actor it acted or spoke for.'),
    asStated: Line.optional().describe("The source's own wording."),
  })
  .meta({ id: 'Participant', description: 'An actor in an entry, with its role.', examples: [{ actor: 'kazakhstan', role: 'host' }] });

/** A quantity that an entry states. */
export const Figure = z
  .strictObject({
    label: Line,
    value: z.number().min(-1e15).max(1e15),
    unit: Token.describe('What is counted: `person`, `USD`, `tonne`, `operation`.'),
    qualifier: z.enum(['exact', 'about', 'at-least', 'at-most']),
    asStated: Line.optional(),
    attributedTo: Reference.optional().describe('The actor who claims it.'),
  })
  .meta({
    id: 'Figure',
    description: 'A quantity that an entry states.',
    examples: [{ label: 'troops', value: 2030, unit: 'person', qualifier: 'about' }],
  });

const citation = {
  source: Reference.describe('The source: its id; when writing also any of its names or its symbol.'),
  paragraph: z.int().min(1).max(1_000_000).optional().describe('The paragraph, counted from 1 over the non-empty lines of its text.'),
  page: Token.optional(),
  phrase: Line.optional().describe('A few words that stand in that paragraph exactly.'),
  supports: z
    .array(
      z
        .string()
        .regex(/^[a-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*$/, 'use a field path such as "date.start" or "participants.csto"')
        .max(200),
    )
    .max(50)
    .optional()
    .describe('Which fields it is evidence for, such as `date.start`, `participants.csto`, `figures`; absent: the record as a whole.'),
  stance: z.enum(['supports', 'contradicts', 'qualifies']).optional(),
  attributedTo: Reference.optional().describe('The actor whose statement the source reports.'),
  note: Prose.optional().describe('How the passage was read, where that is not plain.'),
};

/** Evidence, as clients write it. */
export const NewCitation = z.strictObject(citation).meta({
  id: 'NewCitation',
  description: 'The evidence: a source and the place in it.',
  examples: [{ source: 'tashkent-declaration-text', paragraph: 3 }],
});

/** Evidence, as the server returns it. */
export const Citation = z
  .strictObject({
    ...citation,
    verified: z.boolean().optional().describe("Whether the phrase stands in that paragraph; absent when the source's text is not stored."),
  })
  .meta({ id: 'Citation', description: 'The evidence, checked against the text of the source where that is stored.' });

const membership = {
  organization: Reference.describe('The organization, office or state it belongs or belonged to.'),
  role: Slug.optional(),
};

/** An actor's membership, as clients write it. */
export const NewMembership = z.strictObject({ ...membership, period: WrittenDate.optional() }).meta({
  id: 'NewMembership',
  description: 'A membership of this actor in another.',
  ...shown({ organization: 'csto', role: 'member' }),
});

/** An actor's membership, as the server returns it. */
export const Membership = z
  .strictObject({ ...membership, period: HistoricalDate.optional() })
  .meta({ id: 'Membership', description: 'A membership of this actor in another.' });

const agreementDate = {
  role: Slug.describe('`proposed`, `adopted`, `signed`, `entered-into-force`, `effective` (a period), `ended`, `circulated`'),
  edtf: edtf.optional().describe('EDTF; absent when the source says that it happened, not when.'),
  ...statedFields,
  place: Reference.optional(),
  participants: z.array(Participant).max(500).optional(),
};

/** One date in an agreement's life, as clients write it. */
export const NewAgreementDate = z.strictObject(agreementDate).meta({
  id: 'NewAgreementDate',
  description: "One dated point or period in an agreement's life.",
  examples: [{ role: 'signed', edtf: '2018-03-26' }],
});

/** One date in an agreement's life, as the server returns it. */
export const AgreementDate = z
  .strictObject({
    ...agreementDate,
    ...derivedDate,
    precision: derivedDate.precision.optional(),
    label: derivedDate.label.optional(),
  })
  .meta({ id: 'AgreementDate', description: "One dated point or period in an agreement's life." });

/** Fields that every record may have, as clients write them. */
export const newCommonFields = {
  note: Prose.optional().describe('How the sources were read, where that is not plain.'),
  relations: z.array(NewRelation).max(500).optional(),
  citations: z.array(NewCitation).max(500).optional(),
};

/** Schemas of the fields that the service sets in every record. */
export const serverSchemas = {
  revision: z.int().min(1).describe('Counts the changes of this record.'),
  etag: z
    .string()
    .describe('This state of this record: what `If-Match` takes, as it is. The header `ETag` says besides in which form it was answered.'),
  createdAt: Instant,
  updatedAt: Instant,
};

/** The fields that the service sets in a source whose text is stored. */
export const textSchemas = {
  storedText: z
    .strictObject({
      form: z
        .enum(['verbatim', 'paragraphs'])
        .describe(
          '`verbatim`: `GET /v1/sources/{id}/text` serves the bytes that came, and `sha256` is theirs. `paragraphs`: a release before kept only the paragraphs; these are served, one a line, and `sha256` is that of the bytes that came.',
        ),
      bytes: z.int().min(1).describe('How many bytes are served.'),
      view: z
        .enum(['trimmed-lines'])
        .describe(
          'How paragraphs are counted. `trimmed-lines`: lines end with LF, CRLF or CR; a byte order mark and the white space around a line are left out, and so are lines with nothing else.',
        ),
    })
    .optional()
    .meta({ id: 'StoredText', description: 'The stored text of a source; absent when none is stored.' }),
};

/** The status of an entry: its relation to what happened. */
export const Status = z.enum(['occurred', 'ongoing', 'planned', 'cancelled', 'claimed', 'disputed']);

/** Fields that every entry may have besides its dates. */
export const entryFields = {
  summary: Prose.optional(),
  topics: z.array(Slug).max(100).optional(),
  participants: z.array(Participant).max(500).optional(),
  figures: z.array(Figure).max(200).optional(),
};

/** The field of an entry that says its status, as clients write it. */
export const newStatus = Status.optional().describe(
  '`occurred` when left out. `ongoing`: it has begun and not ended; `cancelled`: it was planned and did not happen.',
);

/** The own columns that every entry has. */
export const entryColumns = { status: { ...required(text), initial: 'occurred' }, summary: searched(text), note: text };

/** Present in lists that were asked with a window: the record certainly lies in it, or possibly. */
export const match = z
  .enum(['certain', 'possible'])
  .optional()
  .describe('Only in a list asked with a window: whether it certainly or possibly overlaps it.');

/** Present in lists that were asked with a scope of an actor: those through whom the record is found, as the actor itself takes no part. */
export const via = z
  .array(Id)
  .optional()
  .describe(
    'Only in a list asked with `actorScope`: the bodies, members or groups through which it is found, as the actor itself takes no part.',
  );

/** The schemas of the fields that records are returned with otherwise than clients write them: ids for names, and dates with what they mean. */
export const returnedFields: Readonly<Record<string, z.ZodType>> = {
  id: Id,
  status: Status,
  date: HistoricalDate.optional(),
  published: HistoricalDate.optional(),
  dates: z.array(AgreementDate).max(100).optional(),
  memberships: z.array(Membership).max(500).optional(),
  relations: z.array(Relation).max(500).optional(),
  citations: z.array(Citation).max(500).optional(),
  place: Id.optional(),
  partOf: Id.optional(),
  country: Id.optional(),
};
