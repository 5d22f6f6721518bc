import { z } from 'zod';
import { refuseDisorder } from '../domain/figure.ts';
import { Attributes, Link } from './attributes.ts';
import { required, searched, text } from './columns.ts';
import { derivedDate, edtf, HistoricalDate, shown, statedFields, WrittenDate } from './dates.ts';
import { Identifier, Name } from './names.ts';
import { NewRelation, Relation } from './relations.ts';
import { Id, Instant, Line, Prose, Reference, Slug, Token } from './strings.ts';

/** An actor in an entry. */
export const Participant = z
  .strictObject({
    actor: Reference.describe('The actor: its id; when writing also any of its names, or `scheme:value`.'),
    role: Slug.describe('What it did: `organizer`, `initiator`, `signatory`, `party`, `speaker`, `participant`, ...'),
    onBehalfOf: Reference.optional().describe('The actor it acted or spoke for.'),
    asStated: Line.optional().describe("The source's own wording."),
  })
  .meta({ id: 'Participant', description: 'An actor in an entry, with its role.', examples: [{ actor: 'kazakhstan', role: 'initiator' }] });

const quantity = z.number().min(-1e15).max(1e15);

/** A quantity that an entry states. */
export const Figure = z
  .strictObject({
    label: Line,
    value: quantity.optional().describe('The best number; may be left out where `low` and `high` are given.'),
    low: quantity.optional().describe('The least that it may be.'),
    high: quantity.optional().describe('The most that it may be.'),
    unit: Token.describe('What is counted: `person`, `USD`, `tonne`, `day`.'),
    qualifier: z
      .enum(['exact', 'about', 'estimate', 'at-least', 'at-most'])
      .describe('How the value is meant. `estimate`: somebody reckoned it; `about`: the source rounds it.'),
    asStated: Line.optional(),
    attributedTo: Reference.optional().describe('The actor who claims it.'),
  })
  .superRefine(refuseDisorder)
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
  role: Slug.optional().describe('What it is there: `chair`, `head`, `representative`; `member` when left out.'),
  onBehalfOf: Reference.optional().describe(
    'The actor for whom it holds the membership: the state whose ambassador presides over a council.',
  ),
};

/** An actor's membership, as clients write it. */
export const NewMembership = z
  .strictObject({ ...membership, period: WrittenDate.optional(), citations: z.array(NewCitation).max(50).optional() })
  .meta({
    id: 'NewMembership',
    description: 'A membership of this actor in another.',
    ...shown({ organization: 'csto', role: 'member' }),
  });

/** An actor's membership, as the server returns it. */
export const Membership = z
  .strictObject({ ...membership, period: HistoricalDate.optional(), citations: z.array(Citation).max(50).optional() })
  .meta({ id: 'Membership', description: 'A membership of this actor in another.' });

/** Fields of a date in the life of an actor or an agreement, besides its role. */
const roledDate = {
  edtf: edtf.optional().describe('EDTF; absent when the source says that it happened, not when.'),
  ...statedFields,
  place: Reference.optional(),
};

/** Fields that the server derives from such a date, absent where it has no `edtf`. */
const derivedIfDated = { ...derivedDate, precision: derivedDate.precision.optional(), label: derivedDate.label.optional() };

const actorDate = {
  role: Slug.describe(
    '`founded`, `born`, `established`, `dissolved`, `died`, `abolished`, `existed` (a period). `existingOn` finds actors by these; other roles stand on the timeline only.',
  ),
  ...roledDate,
};

/** One date in an actor's life, as clients write it. */
export const NewActorDate = z.strictObject(actorDate).meta({
  id: 'NewActorDate',
  description: "One dated point or period in an actor's life.",
  examples: [{ role: 'founded', edtf: '1945-10-24' }],
});

/** One date in an actor's life, as the server returns it. */
export const ActorDate = z
  .strictObject({ ...actorDate, ...derivedIfDated })
  .meta({ id: 'ActorDate', description: "One dated point or period in an actor's life." });

const agreementDate = {
  role: Slug.describe(
    '`proposed`, `negotiated`, `signed`, `adopted`, `entered-into-force`, `effective` (a period), `issued`, `circulated`, `ended`',
  ),
  ...roledDate,
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
  .strictObject({ ...agreementDate, ...derivedIfDated })
  .meta({ id: 'AgreementDate', description: "One dated point or period in an agreement's life." });

/** Fields that every record may have, as clients write them. */
export const newCommonFields = {
  attributes: Attributes.optional(),
  identifiers: z.array(Identifier).max(50).optional(),
  links: z.array(Link).max(200).optional(),
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
  places: z
    .array(Reference)
    .max(200)
    .meta({ description: 'Where it happens or happened: ids; when writing also names, or `scheme:value`.', examples: [['tashkent']] })
    .optional(),
  summary: Prose.optional(),
  topics: z.array(Slug).max(500).optional(),
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
  .describe('Only in a list asked with a window, or for the days of a life: whether it certainly or possibly overlaps them.');

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
  names: z.array(Name).max(200).optional(),
  date: HistoricalDate.optional(),
  published: HistoricalDate.optional(),
  dates: z.array(AgreementDate).max(100).optional(),
  memberships: z.array(Membership).max(500).optional(),
  relations: z.array(Relation).max(500).optional(),
  citations: z.array(Citation).max(500).optional(),
  places: z.array(Id).max(200).optional().describe('Where it happens or happened.'),
  partOf: Id.optional(),
};
