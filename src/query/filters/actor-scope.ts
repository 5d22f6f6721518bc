import { UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import { AnnalsError } from '../../domain/errors.ts';
import { type Reader, statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** An actor or place by id, for the days in which it counts. */
type Scoped = { value: string; from?: number; to?: number };

/** The most actors or places that a scope may stand for. The reader pool reads them: so many take tens of milliseconds. */
export const SCOPE_MAX = 5000;

/** The bodies of actors, bodies of bodies included. Throws `invalid-request` when there are too many, as the other two do. */
export async function bodiesOf(reader: Reader, ids: readonly string[]): Promise<Scoped[]> {
  const bodies = statement<[id: string]>(
    `WITH RECURSIVE bodies (key) AS (
        SELECT r.id FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = 'actor' AND r.slug = ${dialect.value('j', 'text')}
        UNION SELECT a.record_id FROM bodies b CROSS JOIN actors a ON a.part_of_id = b.key
        LIMIT ${SCOPE_MAX + 1})
      SELECT r.slug FROM bodies b CROSS JOIN records r ON r.id = b.key`,
    JSON.stringify(ids),
  );
  const [rows] = await reader.read([{ ...bodies, offload: true }]);
  refuseMore(rows, 'actorScope', 'bodies');
  return rows.map(([value]) => ({ value }));
}

/** Whoever is recorded as a member of the actors, for the days the membership may cover. */
export async function membersOf(reader: Reader, ids: readonly string[]): Promise<Scoped[]> {
  const members = statement<[id: string, from: number, to: number]>(
    `SELECT m.slug, p.start_min, p.end_max FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = 'actor' AND r.slug = ${dialect.value('j', 'text')}
      CROSS JOIN memberships p ON p.organization_id = r.id CROSS JOIN records m ON m.id = p.record_id LIMIT ${SCOPE_MAX + 1}`,
    JSON.stringify(ids),
  );
  const [rows] = await reader.read([{ ...members, offload: true }]);
  refuseMore(rows, 'actorScope', 'members');
  return rows.map(([value, from, to]) => ({
    value,
    ...(from === UNBOUNDED_START ? {} : { from }),
    ...(to === UNBOUNDED_END ? {} : { to }),
  }));
}

/** The places whose country is one of these. */
export async function placesIn(reader: Reader, countries: readonly string[]): Promise<string[]> {
  const places = statement<[id: string]>(
    `SELECT p.slug FROM ${dialect.elements('j', '?')} CROSS JOIN records r ON r.type = 'place' AND r.slug = ${dialect.value('j', 'text')}
      CROSS JOIN places c ON c.country_id = r.id CROSS JOIN records p ON p.id = c.record_id LIMIT ${SCOPE_MAX + 1}`,
    JSON.stringify(countries),
  );
  const [rows] = await reader.read([{ ...places, offload: true }]);
  refuseMore(rows, 'place', 'places');
  return rows.map(([value]) => value);
}

/** What is left out would be missing from every answer without a word. */
function refuseMore(found: readonly unknown[], parameter: string, what: string): void {
  if (found.length <= SCOPE_MAX) return;
  const message = `${parameter} would stand for more than ${SCOPE_MAX} ${what}: ask for some of them by their ids`;
  throw new AnnalsError('invalid-request', message, [{ parameter, message }]);
}
