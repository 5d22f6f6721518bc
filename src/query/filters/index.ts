import type { z } from 'zod';
import { actor } from './actor.ts';
import { area } from './area.ts';
import { attribute } from './attribute.ts';
import { figure } from './figure.ts';
import type { Filter } from './filter.ts';
import { kind } from './kind.ts';
import { moment } from './moment.ts';
import { monthDay } from './month-day.ts';
import { place } from './place.ts';
import { relatedTo } from './related-to.ts';
import { source } from './source.ts';
import { status } from './status.ts';
import { text } from './text.ts';
import { topic } from './topic.ts';
import { type } from './type.ts';
import { undated } from './undated.ts';
import { updatedSince } from './updated-since.ts';
import { verified } from './verified.ts';
import { window } from './window.ts';

/** The filters of entries, in the order in which their parameters are documented and resolved. */
const LIST = [
  window,
  undated,
  actor,
  kind,
  topic,
  place,
  source,
  relatedTo,
  status,
  moment,
  text,
  updatedSince,
  type,
  verified,
  monthDay,
  attribute,
  figure,
  area,
] as const;

/** The intersection of the members of a union: as one function must take each of them, TypeScript infers a parameter of all. */
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;

/** The filters of entries. Each is called with the parameters of all. */
export const FILTERS = LIST as unknown as readonly Filter[]; // @NOTE the parameters of each are among those of all

/** The schemas of the parameters of all filters, in order. */
export const filterParameters = Object.assign({}, ...LIST.map(({ parameters }) => parameters)) as FilterShape; // @NOTE their union

/** The schemas of the echo of all filters, in order. */
export const filterEchoes: z.ZodRawShape = Object.assign({}, ...LIST.map(({ echoed }) => echoed));

type FilterShape = Intersection<(typeof LIST)[number]['parameters']>;

/** The parameters of all filters. */
export type FilterParameters = z.infer<z.ZodObject<FilterShape>>;
