import type { CalendarName } from '../../../src/domain/time/calendars.ts';
import type { Bounds } from '../../../src/domain/time/edtf.ts';

/** A record in a response, as far as filters concern it. */
export type Document = {
  type: string;
  id: string;
  kind: string;
  title?: string;
  name?: string;
  updatedAt: string;
  status?: string;
  places?: string[];
  date?: Dated;
  startTime?: string;
  dates?: (Dated & { role: string; place?: string; participants?: Participant[] })[];
  topics?: string[];
  participants?: Participant[];
  citations?: { source: string }[];
  attributes?: Record<string, string | number | boolean | string[]>;
  figures?: { label: string; value?: number; low?: number; high?: number; unit: string }[];
  relations?: { type: string; record: { type: string; id: string } }[];
  /** Of an actor one, of a place a list. */
  partOf?: string | string[];
  memberships?: { organization: string; role?: string; period?: { edtf: string; calendar?: CalendarName } }[];
  [field: string]: unknown;
};
export type Dated = { edtf?: string; asStated?: string; basis?: string; calendar?: CalendarName };
export type Participant = { actor: string; role: string; onBehalfOf?: string; asStated?: string };

/** One moment of an entry, found by reading its JSON. `bounds` is absent when it is undated. */
export type Moment = { entry: Document; role?: string; date?: Dated; places: string[]; participants: Participant[]; bounds?: Bounds };
