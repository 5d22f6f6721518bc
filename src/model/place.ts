import { z } from 'zod';
import { real, text } from './columns.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Id, Reference, Title } from './strings.ts';

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
  kinds: '`country`, `region`, `city`, `waters`, `venue`, `border`, `facility`, ...',
  fields: {
    name: Title,
    names,
    coordinates: Coordinates.optional(),
    partOf: z
      .array(Reference)
      .max(50)
      .meta({
        description:
          'The places in which it lies: its country, both countries of a border. Asking for a place finds what happened in those that lie in it.',
        examples: [['uzbekistan']],
      })
      .optional(),
  },
  columns: {
    note: text,
    coordinates: { latitude: { ...real, name: 'latitude' }, longitude: { ...real, name: 'longitude' } },
  },
  set: { partOf: z.array(Id).max(50).optional() },
  former: { country: 'partOf' },
  example: { id: 'termez-logistics-hub', patch: { coordinates: { latitude: 37.224, longitude: 67.278 } } },
});
