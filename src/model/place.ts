import { z } from 'zod';
import { real, reference, text } from './columns.ts';
import { identifiers, names } from './fields.ts';
import { defineModel } from './record-model.ts';
import { Line, Reference } from './strings.ts';

const Coordinates = z
  .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
  .meta({ id: 'Coordinates', description: 'WGS 84, decimal degrees.', examples: [{ latitude: 41.31, longitude: 69.28 }] });

/** The model of places. */
export const place = defineModel({
  type: 'place',
  path: 'places',
  name: 'Place',
  titleField: 'name',
  description: 'Where something happens: a city, a region, a country, a venue, waters.',
  newDescription: 'A place to record.',
  group: 'Where it happens.',
  kinds: '`city`, `region`, `country`, `venue`, `waters`',
  fields: {
    name: Line,
    names,
    coordinates: Coordinates.optional(),
    identifiers,
    country: Reference.optional().describe(
      'The place that is its country, or another in which it lies; asking for a place finds what happened in those that lie in it.',
    ),
  },
  columns: {
    note: text,
    country: reference('place'),
    coordinates: { latitude: { ...real, name: 'latitude' }, longitude: { ...real, name: 'longitude' } },
  },
  example: { id: 'termez', patch: { coordinates: { latitude: 37.224, longitude: 67.278 } } },
});
