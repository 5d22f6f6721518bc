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
  place?: string;
  date?: Dated;
  dates?: (Dated & { role: string; place?: string; participants?: Participant[] })[];
  topics?: string[];
  participants?: Participant[];
  citations?: { source: string }[];
  relations?: { type: string; record: { type: string; id: string } }[];
  partOf?: string;
  country?: string;
  memberships?: { organization: string; period?: { edtf: string; calendar?: CalendarName } }[];
  [field: string]: unknown;
};
export type Dated = { edtf?: string; asStated?: string; basis?: string; calendar?: CalendarName };
export type Participant = { actor: string; role: string; onBehalfOf?: string; asStated?: string };

/** One moment of an entry, found by reading its JSON. `bounds` is absent when it is undated. */
export type Moment = { entry: Document; role?: string; date?: Dated; place?: string; participants: Participant[]; bounds?: Bounds };
