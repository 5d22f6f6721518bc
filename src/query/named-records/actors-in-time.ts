import { z } from 'zod';
import { AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { isoOfDay } from '../../domain/time/day.ts';
import { parseWindow } from '../../domain/time/window.ts';
import type { Warning } from '../../model/page.ts';
import { EXISTED } from '../../model/existence.ts';
import { MEMBER } from '../../model/record.ts';
import { alternatives, codedWordsIn, dateParameter, echoOf, matchParameter, resolveAsked } from '../filters/filter.ts';
import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { askedWords, unknownWords } from '../plan/warnings.ts';
import { type DatedCondition, hasMember } from './dated-condition.ts';

/** Filters of actors by their memberships and by the days in which they existed. */

/** The parameters of these filters. */
export const actorsInTimeParameters = {
  memberOf: alternatives('Members of this actor, at any time unless `on` is given, by id or name.'),
  role: alternatives('With a membership in this role, of `memberOf` where that is given; `member` where a membership states none.'),
  on: dateParameter.describe(
    'With such a membership on this date: `2022-02-14`, `2022-02`, `199X`, or an interval. Needs `memberOf` or `role`.',
  ),
  existingOn: dateParameter.describe(
    'That existed on this date, as their dates tell: between a beginning (`born`, `founded`, `established`) and an end (`died`, `dissolved`, `abolished`), or in a period (`existed`). Actors without any such date are not found.',
  ),
  match: matchParameter.describe(
    'Whether what is only `possible` counts (the default); `certain` needs `on` or `existingOn`. A membership without a period is possible on any date.',
  ),
};

/** The schemas of their echo that no filter of entries has. */
export const actorsInTimeEchoes = { on: z.string().optional(), existingOn: z.string().optional() };

type Parameters = { [name in keyof typeof actorsInTimeParameters]?: string | undefined };

/** A date of a parameter: its first and last day, as parameters of a statement, and its echo. */
type AskedDays = { params: Record<string, number>; echo: string };

/** Resolves the parameters. Throws `invalid-request` and the errors of names for values that cannot be understood. */
export async function actorsInTime(reader: Reader, parameters: Parameters): Promise<DatedCondition> {
  const { on, existingOn, match = 'possible' } = parameters;
  if (on !== undefined && parameters.memberOf === undefined && parameters.role === undefined)
    throw invalidParameter('on', 'on is the date of a membership: add memberOf or role, or write existingOn for actors that existed then');
  if (match === 'certain' && on === undefined && existingOn === undefined)
    throw invalidParameter('match', 'match=certain is about a date: add on or existingOn');
  const askedOn = on === undefined ? undefined : daysOf('on', on);
  const ofMemberships = await membershipCondition(reader, parameters, askedOn);
  const existing = existingOn === undefined ? undefined : existenceCondition(daysOf('existingOn', existingOn));
  const dated = [...(askedOn ? [ofMemberships] : []), ...(existing ? [existing] : [])];
  const certain = dated.map((each) => each.certain).filter((sql) => sql !== '');
  const conditions = [ofMemberships.possible, existing?.possible ?? '', ...(match === 'certain' ? certain : [])].filter(
    (sql) => sql !== '',
  );
  return {
    sql: conditions.join(' AND '),
    params: { ...ofMemberships.params, ...existing?.params },
    ...(dated.length > 0 && { certainty: certain.length > 0 ? certain.join(' AND ') : 'true' }),
    echo: { ...ofMemberships.echo, ...(existing && { existingOn: existing.echo }), ...(dated.length > 0 && { match }) },
    warnings: [...ofMemberships.warnings, ...(existing ? [withoutDates(existing.echo)] : [])],
  };
}

/** The warning that actors without dates are not found. */
const withoutDates = (value: string): Warning => ({
  parameter: 'existingOn',
  value,
  message: 'actors for whom no date of a beginning or an end is recorded are not found, whether they existed or not',
});

/** The days of a date of any precision. Throws `invalid-request` for one without both ends. */
function daysOf(parameter: 'on' | 'existingOn', value: string): AskedDays {
  const shown = `${parameter}=${firstUnits(value, 80)}`;
  try {
    const { from, to } = parseWindow({ on: value });
    const [first, last] = [isoOfDay(from!), isoOfDay(to!)]; // @NOTE `on` has both ends
    return { params: { [`${parameter}From`]: from!, [`${parameter}To`]: to! }, echo: first === last ? first : `${first}/${last}` };
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const advice = /\b(?:from|to)=/.test(error.message) ? undefined : error.message.replaceAll(/\bon=/g, `${parameter}=`);
    throw invalidParameter(
      parameter,
      advice ??
        `${shown} is no date with both ends: write a day, a month, a year or an interval, such as 2022-02-14, 2022-02 or 2022-02/2022-03`,
    );
  }
}

const havingMembership = (conditions: string): string => `EXISTS (SELECT 1 FROM memberships o WHERE o.record_id = r.id${conditions})`;
const havingExistence = (conditions: string): string => `EXISTS (SELECT 1 FROM moments x WHERE x.record_id = r.id AND ${conditions})`;

/** The condition on memberships, the SQL of whether it certainly holds on the days asked, and its echo. */
async function membershipCondition(reader: Reader, { memberOf, role }: Parameters, on: AskedDays | undefined) {
  const found = memberOf === undefined ? { any: [], none: [] } : await resolveAsked(reader, 'memberOf', 'actor', memberOf);
  const ids = { any: found.any.map(({ id }) => id), none: found.none.map(({ id }) => id) };
  const roles = await codedWordsIn(reader, 'role', role);
  if (ids.none.length > 0 && roles.none.length > 0) {
    const message = `memberOf=!${ids.none[0]} leaves members out, so role=!${roles.none[0]} can only be about other memberships: leave out one of them`;
    throw invalidParameter('role', message);
  }
  const unknown = await unknownWords(reader, askedWords('role', roles), ['actor']);
  const lists = { of: found.any.map(({ key }) => key), notOf: found.none.map(({ key }) => key), in: roles.any, notIn: roles.none };
  const params = Object.fromEntries(
    Object.entries(lists).flatMap(([name, values]) => (values.length > 0 ? [[`${name}Membership`, JSON.stringify(values)]] : [])),
  );
  const of = (name: 'of' | 'notOf') =>
    lists[name].length > 0 ? ` AND o.organization_id IN ${dialect.list(`:${name}Membership`, 'integer')}` : '';
  const inRole = (name: 'in' | 'notIn') =>
    lists[name].length > 0 ? ` AND coalesce(o.role, '${MEMBER}') IN ${dialect.list(`:${name}Membership`, 'text')}` : '';
  const then = on ? POSSIBLY_THEN : '';
  const asksForAny = ids.any.length > 0 || (ids.none.length === 0 && roles.any.length > 0);
  const parts = [
    ...(asksForAny ? [havingMembership(`${of('of')}${inRole('in')}${then}`)] : []),
    ...(ids.none.length > 0 ? [`NOT ${havingMembership(`${of('notOf')}${inRole('in')}${then}`)}`] : []),
    ...(roles.none.length > 0 ? [`NOT ${havingMembership(`${of('of')}${inRole('notIn')}${then}`)}`] : []),
  ];
  return {
    possible: parts.join(' AND '),
    certain: asksForAny ? havingMembership(`${of('of')}${inRole('in')}${CERTAINLY_THEN}`) : '',
    params: { ...params, ...on?.params },
    warnings: [...roles.warnings, ...unknown],
    echo: {
      ...(memberOf !== undefined && { memberOf: echoOf(ids).join(',') }),
      ...(role !== undefined && { role: echoOf(roles) }),
      ...(on && { on: on.echo }),
    },
  };
}

const POSSIBLY_THEN = ` AND o.start_min <= :onTo AND o.end_max >= :onFrom AND (o.members IS NULL OR ${hasMember('o.members', 'on')})`;
const CERTAINLY_THEN = ' AND o.start_max <= :onTo AND o.end_min >= :onFrom AND o.doubted = 0';

/** The condition to have existed on some days. The bounds of a period are those of its own date, which may be one of several with gaps. */
function existenceCondition({ params, echo }: AskedDays) {
  return {
    possible: havingExistence(
      `x.exists_start_min <= :existingOnTo AND x.exists_end_max >= :existingOnFrom
        AND (x.members IS NULL OR x.role <> '${EXISTED}' OR ${hasMember('x.members', 'existingOn')})`,
    ),
    certain: havingExistence(
      'x.exists_start_min IS NOT NULL AND x.exists_start_max <= :existingOnTo AND x.exists_end_min >= :existingOnFrom',
    ),
    params,
    echo,
  };
}
