import { AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { type EntryType, isEntryType } from '../../domain/record-type.ts';
import type { CalendarName } from '../../domain/time/calendars.ts';
import { historicalDate } from '../../domain/time/historical-date.ts';
import { type Limits, type Overlap, UNLIMITED, type Window, windowWithin } from '../../domain/time/window.ts';
import type { EchoedQuery } from '../../model/page.ts';
import { isResolved, type Resolved, resolve, resolveParameter } from '../../records/names/names.ts';
import { type Reader, statement } from '../../storage/port.ts';
import { MOMENT_MASK } from '../../index/position-sql.ts';
import type { ResidualFilter } from '../plan/query.ts';

/** The parameters that give a window by a record, as they were sent. */
type Asked = { during?: string | undefined; before?: string | undefined; after?: string | undefined };

/** A window that records give, what else a moment must fulfil, and the parameters as they are echoed. */
export type RecordWindow = { window: Window; residual: ResidualFilter[]; echo: EchoedQuery };

/** The date of a record, its name as it is echoed, and the key of the moment, unless it is a membership. */
type DatedRecord = { name: string; bounds: ReturnType<typeof historicalDate>['bounds']; moment?: number };

/** A date as a row has it. */
type StoredDate = [edtf: string, calendar: CalendarName | null];

const FORMS = 'write event/ID, meeting/ID, agreement/ID/ROLE or actor/ID/ORGANIZATION';

/**
 * The window that records give: `during` one, what lies wholly `before` one or `after` one, or between two. Possible and certain follow from what is
 * known of their dates. Undefined where none is asked. Throws `invalid-request` for parameters that do not go together and for records without a date.
 */
export async function readRecordWindow(
  reader: Reader,
  { during, before, after }: Asked,
  hasDays: boolean,
  overlap: Overlap,
): Promise<RecordWindow | undefined> {
  const [asked] = Object.entries({ during, before, after }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (asked === undefined) return undefined;
  if (hasDays) throw invalidParameter(asked, `${asked} gives a window: leave out from, to and on, or leave out ${asked}`);
  if (during !== undefined) {
    if (before !== undefined || after !== undefined)
      throw invalidParameter('during', 'during gives a whole window: leave out before and after, or leave out during');
    const { name, bounds } = await readDate(reader, 'during', during);
    const { startMin, startMax, endMin, endMax } = bounds;
    const limits = { fromMin: startMin, fromMax: startMax, toMin: endMin, toMax: endMax };
    return { window: windowWithin(overlap, limits, bounds.doubted), residual: [], echo: { during: name } };
  }
  if (overlap !== 'any') throw invalidParameter('overlap', `${asked} asks for what lies wholly ${asked} a record: leave out overlap`);
  const [end, start] = [before && (await readDate(reader, 'before', before)), after && (await readDate(reader, 'after', after))];
  const limits: Limits = {
    ...UNLIMITED,
    ...(end && { toMin: end.bounds.startMin - 1, toMax: end.bounds.startMax - 1 }),
    ...(start && { fromMin: start.bounds.endMin + 1, fromMax: start.bounds.endMax + 1 }),
  };
  return {
    window: windowWithin(
      'within',
      limits,
      [end, start].some((each) => each && each.bounds.doubted),
    ),
    residual: [end, start].flatMap((each, index) => (each && each.moment !== undefined ? [isAnother(`itself${index}`, each.moment)] : [])),
    echo: { ...(end && { before: end.name }), ...(start && { after: start.name }) },
  };
}

/** The moment is not the one with a key: a date that is not exact would possibly lie before and after itself. */
const isAnother = (name: string, moment: number): ResidualFilter => ({
  sql: ({ position }) => `(${position} & ${MOMENT_MASK}) <> :${name}`,
  params: { [name]: moment },
  keepsMost: true,
  ofWindow: true,
});

/** The date of `type/id`, of `agreement/id/role` or of the membership `actor/id/organization`; each may be named by a name with a slash, too. */
async function readDate(reader: Reader, parameter: string, value: string): Promise<DatedRecord> {
  const [type = '', ...rest] = value.split('/');
  if (rest.length === 0 || rest.some((part) => part.trim() === '') || rest.length > PARTS_MAX)
    throw invalidParameter(parameter, `${parameter}=${firstUnits(value, 80)} is no record with a date: ${FORMS}`);
  if (type === 'actor') return readMembership(reader, parameter, value, rest);
  if (!isEntryType(type)) throw invalidParameter(parameter, `${parameter}=${firstUnits(value, 80)} is no record with a date: ${FORMS}`);
  const { record, part } = await resolveEntry(reader, parameter, type, rest);
  const [rows] = await reader.read([
    statement<[role: string, moment: number, ...StoredDate]>(
      'SELECT role, id, edtf, calendar FROM moments WHERE record_id = ? AND edtf IS NOT NULL ORDER BY ordinal',
      record.key,
    ),
  ]);
  const dates = part === undefined ? rows : rows.filter(([role]) => role === part);
  const name = `${type}/${record.id}`;
  const roles = [...new Set(rows.map(([role]) => role))];
  const date = onlyDate(
    parameter,
    dates.map(([, , ...stored]) => stored),
    part === undefined ? name : `${name}/${part}`,
    type === 'agreement' && roles.length > 0 ? `: name one of ${roles.map((role) => `${name}/${role}`).join(', ')}` : '',
  );
  return { ...date, moment: dates[0]![1] };
}

/** Parts between slashes that a value may have: each may be the end of a name. */
const PARTS_MAX = 12;

/** The entry of a value, and the role of its date. All parts are its name, or all but the last: a symbol such as S/2007/279 has slashes of its own. */
async function resolveEntry(
  reader: Reader,
  parameter: string,
  type: EntryType,
  parts: readonly string[],
): Promise<{ record: Resolved; part?: string }> {
  const [whole, called, part] = [parts.join('/'), parts.slice(0, -1).join('/'), parts.at(-1)!];
  if (called === '') return { record: await resolveParameter(reader, parameter, { type, value: whole }) };
  const [byWhole, byPart] = await resolve(reader, [
    { type, value: whole },
    { type, value: called },
  ]);
  if (isResolved(byWhole!)) return { record: byWhole };
  if (isResolved(byPart!)) return { record: byPart, part };
  // The more telling of both readings: roles are words.
  const unresolved = byWhole!.code === 'ambiguous-name' || !ROLE.test(part) ? byWhole! : byPart!;
  throw new AnnalsError(unresolved.code, unresolved.issue.message, [{ parameter, ...unresolved.issue }]);
}

/** The form of a role; part of a symbol mostly has digits. */
const ROLE = /^[a-z]+(?:-[a-z]+)*$/;

async function readMembership(reader: Reader, parameter: string, value: string, parts: readonly string[]): Promise<DatedRecord> {
  if (parts.length === 1)
    throw invalidParameter(parameter, `${parameter}=${firstUnits(value, 80)} names no membership: write actor/ID/ORGANIZATION`);
  const [actor, organization] = await resolveBoth(reader, parameter, parts);
  const [rows] = await reader.read([
    statement<StoredDate>(
      'SELECT period_edtf, period_calendar FROM memberships WHERE record_id = ? AND organization_id = ? AND period_edtf IS NOT NULL ORDER BY ordinal',
      actor.key,
      organization.key,
    ),
  ]);
  return onlyDate(parameter, rows, `actor/${actor.id}/${organization.id}`, '');
}

/** The two actors of a membership, at the first slash on whose sides are names of actors. */
async function resolveBoth(reader: Reader, parameter: string, parts: readonly string[]): Promise<[Resolved, Resolved]> {
  const actor = (from: number, to?: number) => ({ type: 'actor', value: parts.slice(from, to).join('/') }) as const;
  const slashes = parts.slice(1).map((_, index) => index + 1);
  if (slashes.length > 1) {
    const found = await resolve(
      reader,
      slashes.flatMap((at) => [actor(0, at), actor(at)]),
    );
    for (const [index] of slashes.entries()) {
      const [one, other] = [found[2 * index]!, found[2 * index + 1]!];
      if (isResolved(one) && isResolved(other)) return [one, other];
    }
  }
  return [await resolveParameter(reader, parameter, actor(0, 1)), await resolveParameter(reader, parameter, actor(1))];
}

/** The only date among some. Throws `invalid-request` for none and for several. */
function onlyDate(parameter: string, dates: readonly StoredDate[], name: string, others: string): DatedRecord {
  const [date, ...more] = dates.map(([edtf, calendar]) => historicalDate(edtf, calendar ?? undefined));
  if (date !== undefined && more.length === 0) return { name, bounds: date.bounds };
  const message =
    date === undefined
      ? `${name} has no date${others === '' ? ': give the days themselves in from and to' : others}`
      : `${name} has several dates${others === '' ? ` (${[date, ...more].map(({ derived }) => derived.label).join(', ')}): give the days themselves in from and to` : others}`;
  throw invalidParameter(parameter, message);
}
