import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { type Box, boxesAround, distance, type Point } from '../../domain/area.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { dialect } from '../../storage/dialect.ts';
import type { Reader } from '../../storage/port.ts';
import { filter, NOTHING, readScope, termsOf } from './filter.ts';

/** The schemas of the parameters of lists of entries and of places. */
export const areaParameters = {
  near: z
    .string()
    .max(100)
    .optional()
    .describe('At most so many kilometres from a point: `latitude,longitude,kilometres`, such as `41.31,69.28,50`.'),
  bbox: z
    .string()
    .max(100)
    .optional()
    .describe(
      'In a box of degrees: `west,south,east,north`, as in GeoJSON, such as `55,35,75,45`; a west beyond the east crosses the 180th meridian.',
    ),
};

/** The place of the moment or of the entry, by its coordinates: those of the place or, where it has none, those of a place in which it lies. */
export const area = filter(areaParameters, async (values, { reader }) => {
  const areas = areasIn(values);
  const found: string[][] = [];
  for (const each of areas) found.push(await placesIn(reader, each));
  return {
    conjuncts: found.map((ids) => (ids.length > 0 ? termsOf('place', ids) : [NOTHING])),
    warnings: areas.flatMap(({ parameter, text }, index) =>
      found[index]!.length > 0 ? [] : [{ parameter, value: text, message: `no place with coordinates lies in ${parameter}=${text}` }],
    ),
    echo: Object.fromEntries(areas.map(({ parameter, text }) => [parameter, text])),
  };
});

/** An area that a parameter asks for: boxes of degrees and, within them, a circle. */
export type Area = { parameter: 'near' | 'bbox'; text: string; boxes: readonly Box[]; circle?: { center: Point; kilometres: number } };

/** The areas of the parameters. Throws `invalid-request` for what is no area. */
export function areasIn({ near, bbox }: { near?: string | undefined; bbox?: string | undefined }): Area[] {
  return [...(near === undefined ? [] : [nearIn(near)]), ...(bbox === undefined ? [] : [boxIn(bbox)])];
}

/** The greatest distance on the earth, in kilometres. */
const HALFWAY_ROUND = 20_038;

function nearIn(text: string): Area {
  const form = 'write latitude, longitude and kilometres, such as near=41.31,69.28,50';
  const [latitude, longitude, kilometres] = numbersIn('near', text, 3, form) as [number, number, number]; // @NOTE three of them
  if (Math.abs(latitude) > 90) throw invalidParameter('near', `near=${text} has the latitude ${latitude}, which is beyond 90: ${form}`);
  if (Math.abs(longitude) > 180)
    throw invalidParameter('near', `near=${text} has the longitude ${longitude}, which is beyond 180: ${form}`);
  if (kilometres <= 0 || kilometres > HALFWAY_ROUND)
    throw invalidParameter('near', `near=${text} has a distance of ${kilometres} km: give more than 0 and at most ${HALFWAY_ROUND}`);
  const center = { latitude, longitude };
  return { parameter: 'near', text, boxes: boxesAround(center, kilometres), circle: { center, kilometres } };
}

function boxIn(text: string): Area {
  const form = 'write west, south, east and north, such as bbox=55,35,75,45';
  const [west, south, east, north] = numbersIn('bbox', text, 4, form) as [number, number, number, number]; // @NOTE four of them
  if (Math.max(Math.abs(south), Math.abs(north)) > 90 || Math.max(Math.abs(west), Math.abs(east)) > 180)
    throw invalidParameter('bbox', `bbox=${text} is beyond 180 degrees of longitude or 90 of latitude: ${form}`);
  if (south > north) throw invalidParameter('bbox', `bbox=${text} has the south ${south} beyond the north ${north}: ${form}`);
  const boxes =
    west <= east
      ? [{ west, south, east, north }]
      : [
          { west, south, east: 180, north },
          { west: -180, south, east, north },
        ];
  return { parameter: 'bbox', text, boxes };
}

function numbersIn(parameter: string, text: string, count: number, form: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length === count && parts.every((part) => /^[+-]?\d{1,5}(?:\.\d{1,15})?$/.test(part))) return parts.map(Number);
  throw invalidParameter(parameter, `${parameter}=${firstUnits(text, 80)} is not ${count} numbers separated by commas: ${form}`);
}

const [WEST, SOUTH, EAST, NORTH] = [0, 1, 2, 3].map((side) => dialect.column('b', side, 'real')) as [string, string, string, string]; // @NOTE four sides

const IN_BOXES = `SELECT p.record_id, p.latitude, p.longitude FROM ${dialect.elements('b', ':boxes')}
    CROSS JOIN ${dialect.pointsWithin('n', { west: WEST, south: SOUTH, east: EAST, north: NORTH })} CROSS JOIN places p ON p.record_id = n.id
  WHERE p.latitude BETWEEN ${SOUTH} AND ${NORTH} AND p.longitude BETWEEN ${WEST} AND ${EAST}`;

/** Places without coordinates that lie in some, at any depth. */
const WITHOUT_POINTS = `WITH RECURSIVE inside (key) AS (
    SELECT ${dialect.integer('k')} FROM ${dialect.integers('k', ':ids')}
    UNION SELECT w.record_id FROM inside i CROSS JOIN place_wholes w ON w.whole_id = i.key
      CROSS JOIN places p ON p.record_id = w.record_id WHERE p.latitude IS NULL)
  SELECT r.slug FROM inside i CROSS JOIN records r ON r.id = i.key`;

/** The keys of the places whose coordinates lie in an area. Throws `invalid-request` for more than `SCOPE_MAX` in its boxes. */
export async function keysWithin(reader: Reader, { parameter, boxes, circle }: Area): Promise<number[]> {
  const rows = await readScope<[key: number, latitude: number, longitude: number]>(reader, {
    sql: IN_BOXES,
    params: { boxes: JSON.stringify(boxes.map(({ west, south, east, north }) => [west, south, east, north])) },
    parameter,
    included: 'places',
  });
  const inside = rows.filter(
    ([, latitude, longitude]) => circle === undefined || distance(circle.center, { latitude, longitude }) <= circle.kilometres,
  );
  return inside.map(([key]) => key);
}

async function placesIn(reader: Reader, each: Area): Promise<string[]> {
  const keys = await keysWithin(reader, each);
  if (keys.length === 0) return [];
  const rows = await readScope<[id: string]>(reader, {
    sql: WITHOUT_POINTS,
    params: { ids: JSON.stringify(keys) },
    parameter: each.parameter,
    included: 'places',
  });
  return rows.map(([id]) => id);
}
