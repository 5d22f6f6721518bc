import type { z } from 'zod';
import type { Match } from '../domain/time/window.ts';
import type { NameWarning as NameWarningSchema } from './name-warnings.ts';

/** The number of items of a list: exact, or a lower bound. */
export type Total = { total: number } | { totalAtLeast: number };

/** The resolved parameters of a list, which its answer echoes as `query`: ids and bounds. Each list holds what is asked together, alternatives by commas. */
export type EchoedQuery = Record<string, string | string[]>;

/** A value of a parameter that finds nothing or was read otherwise, and the nearest values in use. */
export type Warning = { parameter: string; value: string; message: string; didYouMean?: string[] };

/** A name of a record that another has, too, as the answer of a write tells it. */
export type NameWarning = z.infer<typeof NameWarningSchema>;

/**
 * The JSON bytes of one item; how it lies in the window that was asked, if one was; and the actors through which it is found, where it is by a scope.
 */
export type Item = { record?: number; document: Buffer; match?: Match; via?: string[] };

/** One page of a list. `next` is the cursor of the page after it; a total may be unknown. */
export type Page = {
  items: Item[];
  next?: string;
  total?: Total;
  echo: EchoedQuery;
  warnings?: readonly Warning[] | undefined;
  included?: Record<string, Buffer[]>;
  ranked?: 'all' | 'newest';
};

/** One revision of a record, with its document unless the revision is the deletion. */
export type Revision = { revision: number; action: string; at: string; record?: Buffer };
