import { z } from 'zod';
import { columnsOf, real, reference, searched, text } from './columns.ts';
import { commonFields, Identifier, Name, newCommonFields, patchOf } from './fields.ts';
import type { RecordModel } from './record-model.ts';
import { Id, Line, Reference, Slug } from './strings.ts';

const kind = Slug.describe('`city`, `region`, `country`, `venue`, `waters`');

/** A point on the earth. */
export const Coordinates = z
  .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
  .meta({ id: 'Coordinates', description: 'WGS 84, decimal degrees.', examples: [{ latitude: 41.31, longitude: 69.28 }] });

const placeFields = {
  names: z.array(Name).max(200).optional(),
  coordinates: Coordinates.optional(),
  identifiers: z.array(Identifier).max(50).optional(),
};

/** A place as clients write it. */
export const NewPlace = z
  .strictObject({
    type: z.enum(['place']).optional(),
    id: Id.optional().describe('Made from the name when left out.'),
    kind,
    name: Line,
    ...placeFields,
    country: Reference.optional().describe('The place that is its country; asking for a country finds what happened in its places.'),
    ...newCommonFields,
  })
  .meta({ id: 'NewPlace', description: 'A place to record.' });

/** Changes to a place. */
export const PlacePatch = patchOf(NewPlace, 'PlacePatch');

/** A place as the service returns it. */
export const Place = z
  .strictObject({ type: z.enum(['place']), id: Id, kind, name: Line, ...placeFields, country: Id.optional(), ...commonFields })
  .meta({ id: 'Place', description: 'Where something happens: a city, a region, a country, a venue, waters.' });

/** The model of places. */
export const place = {
  type: 'place',
  path: 'places',
  name: 'Place',
  titleField: 'name',
  description: 'Where something happens: a city, a region, a country, a venue, waters.',
  group: 'Where it happens.',
  schema: Place,
  newSchema: NewPlace,
  patchSchema: PlacePatch,
  columns: columnsOf<z.infer<typeof NewPlace>>({
    note: searched(text),
    country: reference('place'),
    coordinates: { latitude: { ...real, name: 'latitude' }, longitude: { ...real, name: 'longitude' } },
  }),
  example: { id: 'termez', patch: { coordinates: { latitude: 37.224, longitude: 67.278 } } },
} satisfies RecordModel;
