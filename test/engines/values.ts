import { modelOf } from '../../src/model/models.ts';
import type { RecordType } from '../../src/domain/record-type.ts';
import type { Random } from '../bench/world/random.ts';
import type { Values } from './requests.ts';

/** A record as it is exported. */
export type Exported = { type: RecordType; id: string; [field: string]: unknown };

/** The number of values of a parameter that are drawn. */
const DRAWN = 4;

/** Draws values for every parameter out of the records of a world, and a few that no record has. */
export function valuesOf(records: readonly Exported[], random: Random): Values {
  const draw = (values: readonly string[]): string[] => {
    const left = [...new Set(values)];
    return Array.from({ length: Math.min(DRAWN, left.length) }, () => left.splice(random.between(0, left.length - 1), 1)[0]!);
  };
  const idsOf = (...types: RecordType[]) => records.filter(({ type }) => types.includes(type)).map(({ id }) => id);
  const stated = (field: string): string[] => records.flatMap((record) => textsOf(record[field]));
  const within = (fields: string[], key: string): string[] =>
    records.flatMap((record) => fields.flatMap((field) => [record[field] ?? []].flat().flatMap((each) => textsOf((each as Fields)[key])))); // @NOTE lists of objects
  const words = [...stated('title'), ...stated('name')]
    .flatMap((title) => title.split(/[^\p{L}\p{M}\p{N}]+/u))
    .filter((word) => word.length > 2);
  const [one = 'one', other = 'other', third = 'third'] = draw(words);
  const phrases = draw([...stated('title'), ...stated('name')]).slice(0, 2);
  const days = draw(within(['date', 'dates', 'published'], 'edtf').flatMap((edtf) => edtf.match(/\d{4}(?:-\d\d)?/g) ?? []));
  const moments = draw(idsOf('event')).map((id) => `event/${id}`);
  return {
    ids: Object.fromEntries(Object.values(modelOf).map(({ type, path }) => [path, draw(idsOf(type))])),
    query: {
      from: days,
      to: days,
      on: [...days, '199X', '2000/2010'],
      existingOn: [...days, '199X', '1900/2010'],
      during: moments,
      before: moments,
      after: moments,
      by: [
        'kind',
        'actor',
        'year,topic',
        'actor,role',
        'place,source',
        'decade',
        'month,actor',
        'kinds',
        ...draw(records.flatMap(attributeKeysOf)).map((key) => `attribute:${key}`),
      ],
      sum: [...draw(within(['figures'], 'label')), 'never-heard-of'],
      undated: BOOLEAN,
      verified: BOOLEAN,
      actor: several(draw([...idsOf('actor'), ...stated('name')])),
      role: several(draw(within(['participants'], 'role'))),
      kind: several(draw(stated('kind'))),
      topic: several(draw(stated('topics'))),
      place: several(draw(idsOf('place'))),
      source: several(draw(idsOf('source'))),
      relatedTo: several(draw(records.map(({ type, id }) => `${type}/${id}`))),
      status: ['occurred', 'ongoing,planned', '!occurred'],
      vocabulary: ['topic', 'kind,role', '!moment'],
      moment: several(draw(['date', ...within(['dates'], 'role')])),
      q: [one, `${other} ${third}`, `"${phrases[0]}"`, `${third.slice(0, 3)}*`, `${one} OR ${third}`, `${other} -${one}`, 'neverheardof'],
      phrase: phrases,
      updatedSince: [...draw(stated('updatedAt')), '2020-01-01', '2100-01-01'],
      type: ['event', 'agreement,meeting', '!event', 'actor'],
      include: ['actors', 'places,sources'],
      limit: ['1', '7', '200'],
      language: ['en', '!en'],
      partOf: several(draw(idsOf('actor', 'place'))),
      memberOf: several(draw(idsOf('actor'))),
      since: ['0', '2'],
      attribute: several(draw(records.flatMap(attributesOf))),
      author: several(draw(stated('authors'))),
      monthDay: ['01-10', '!02-29', '12-31,01-01', '1-1'],
      figure: several(draw(within(['figures'], 'label'))),
      figureMin: ['0', '2.5'],
      figureMax: ['10', '1000'],
      near: ['41.31,69.28,500', '0,180,3000', '-90,0,20000'],
      bbox: ['55,35,75,45', '170,-60,-170,60', '1,1,2,2'],
    },
  };
}

/** The values, two at once, one left out, and one that no record has. */
const several = (values: string[]): string[] => [...values, values.slice(0, 2).join(','), `!${values[0]}`, 'never-heard-of'];

/** The attributes of a record, each with its first value, as they are asked for. */
const attributesOf = ({ attributes }: Exported): string[] =>
  Object.entries((attributes ?? {}) as Fields).map(([key, value]) => `${key}:"${String([value].flat()[0])}"`); // @NOTE the schema of the field

const attributeKeysOf = ({ attributes }: Exported): string[] => Object.keys(attributes ?? {});

type Fields = Record<string, unknown>;

const BOOLEAN = ['true', 'false'];

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
