// The parts of the API's answers that the page reads. The schemas in src/model/ define them; openapi.json documents them.

import type { EntryType } from '../../../domain/record-type.ts';
import type { CalendarName } from '../../../domain/time/calendars.ts';

/** A date as answered: bounds are days, `YYYY-MM-DD`, and absent where open or unknown. */
export type AnsweredDate = {
  edtf: string;
  asStated?: string;
  basis?: 'stated' | 'inferred';
  calendar?: CalendarName;
  earliest?: string;
  latest?: string;
  precision: string;
  label: string;
  open?: 'start' | 'end' | 'both';
  unknown?: 'start' | 'end' | 'both';
};

export type Entry = { type: EntryType; id: string; kind: string; title: string; status: string };

/** One item of `GET /v1/timeline`. */
export type Moment = { date?: AnsweredDate; role?: string; place?: string; match?: 'certain' | 'possible'; entry: Entry };

/** `GET /v1/timeline`. */
export type TimelinePage = {
  items: Moment[];
  next?: string;
  total?: number;
  totalAtLeast?: number;
  warnings?: Warning[];
  query?: { words?: string[] };
};

/** A value that finds less than it seems to. */
export type Warning = { parameter: string; value: string; message: string; didYouMean?: string[] };

/** One bucket of the histogram, `start` and `end` inclusive days. */
export type Bucket = { start: string; end: string; label: string; count: number; uncertain: number };

/** `GET /v1/timeline/histogram`. */
export type Histogram = { buckets: Bucket[]; undated?: number; undatedAtLeast?: number };

export type Participant = { actor: string; role: string; onBehalfOf?: string; asStated?: string };
export type Figure = { label: string; value?: number; low?: number; high?: number; unit: string; qualifier: string; attributedTo?: string };
export type Relation = { type: string; record: { type: string; id: string } };
export type Citation = {
  source: string;
  paragraph?: number;
  page?: string;
  phrase?: string;
  supports?: string[];
  stance?: string;
  attributedTo?: string;
  note?: string;
  verified?: boolean;
};

/** `GET /v1/{events,agreements,meetings}/{id}`: an event or meeting has one `date`, an agreement has `dates`. */
export type EntryRecord = Common &
  Entry & {
    summary?: string;
    date?: AnsweredDate;
    dates?: (Partial<AnsweredDate> & { role: string; place?: string; participants?: Participant[] })[];
    places?: string[];
    symbol?: string;
    symbols?: string[];
    number?: number;
    startTime?: string;
    endTime?: string;
    timeZone?: string;
    format?: string;
    topics?: string[];
    participants?: Participant[];
    figures?: Figure[];
  };

export type Name = { name: string; language?: string; kind?: string; period?: AnsweredDate; attested?: boolean };
export type Link = { url: string; title?: string; kind?: string; credit?: string; license?: string };
export type Membership = { organization: string; role?: string; onBehalfOf?: string; period?: AnsweredDate; citations?: Citation[] };

export type ActorDate = Partial<AnsweredDate> & { role: string; place?: string };

/** The fields that records of all types may have. */
export type Common = {
  id: string;
  kind: string;
  names?: Name[];
  attributes?: Record<string, string | number | boolean | string[]>;
  identifiers?: { scheme: string; value: string; match?: string }[];
  links?: Link[];
  note?: string;
  relations?: Relation[];
  citations?: Citation[];
};

/** `GET /v1/sources/{id}`. */
export type SourceRecord = Common & {
  title: string;
  summary?: string;
  authors?: string[];
  editors?: string[];
  journal?: string;
  volume?: string;
  issue?: string;
  pages?: string;
  license?: string;
  publisher?: string;
  symbol?: string;
  language?: string;
  published?: AnsweredDate;
  url?: string;
  paragraphs?: number;
};

/** `GET /v1/actors/{id}`. */
export type ActorRecord = Common & {
  name: string;
  description?: string;
  partOf?: string;
  dates?: ActorDate[];
  memberships?: Membership[];
};

/** `GET /v1/places/{id}`. */
export type PlaceRecord = Common & { name: string; partOf?: string[]; coordinates?: { latitude: number; longitude: number } };

/** `GET /v1/codebook/{vocabulary}/{slug}`. */
export type CodeRecord = Omit<Common, 'kind'> & { vocabulary: string; slug: string; label: string; definition?: string };

/** One item of `GET /v1/actors/{id}/counterparts`, `first` and `last` days. */
export type Counterpart = { actor: { id: string; name: string }; entries: number; first?: string; last?: string };

/** `GET /v1/sources/{id}/paragraphs/{number}`: `quote` says where the phrase stands that was asked, if it does. */
export type Paragraph = { text: string; total: number; quote?: { prefix: string; exact: string; suffix: string } };

/** The name of any record, and the address at which a source can be read. */
export type NamedRecord = { name?: string; title?: string; label?: string; url?: string };
