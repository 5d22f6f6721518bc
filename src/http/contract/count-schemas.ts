import { z } from 'zod';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { Status } from '../../model/fields.ts';
import { Id, Slug, Token } from '../../model/strings.ts';
import { atLeastOne, count, EchoedQuery, listed, object, warnings } from './schemas.ts';

/** The shapes of counts by dimensions, and of counterparts. */

/** An actor, a place and a source in brief. */
const ActorSummary = object('ActorSummary', 'An actor in brief.', { id: Id, name: z.string(), kind: Slug });
const PlaceSummary = object('PlaceSummary', 'A place in brief.', { id: Id, name: z.string(), kind: Slug });
const SourceSummary = object('SourceSummary', 'A source in brief.', { id: Id, title: z.string(), kind: Slug });

/** Sums of figures of one unit. */
const FigureSum = object('FigureSum', 'The figures of one unit, added.', {
  unit: Token,
  value: z.number().optional().describe('The sum of the best values. A figure that has none is not in it; absent where none has one.'),
  low: z.number().describe('The sum of the least values, `low`; of figures without it, of the best ones.'),
  high: z.number().describe('The sum of the greatest values, `high`; of figures without it, of the best ones.'),
  figures: atLeastOne.describe('How many figures were added.'),
});

const sums = (of: string) =>
  z
    .array(FigureSum)
    .optional()
    .describe(
      `Only with \`sum\`: the figures with this label of ${of}, by unit. Each entry's figures are added once, however many moments it has.`,
    );

/** Groups of moments, counted. */
export const CountList = listed(
  'CountList',
  'How many moments and entries there are by one or two dimensions: in time order, then most moments first.',
  object('CountGroup', 'The moments that have the same values. It has a field for each dimension of `by`, and `time` for a unit of time.', {
    time: object('TimeSpan', 'A year, a decade, a century or a month.', {
      start: z.string().describe('Its first day, or that of the window.'),
      end: z.string(),
      label: z.string(),
    }).optional(),
    type: z.enum(ENTRY_TYPES).optional(),
    kind: Slug.optional(),
    status: Status.optional(),
    moment: Slug.optional().describe('The role of the moments.'),
    topic: Slug.optional(),
    role: Slug.optional().describe('The role of participants.'),
    actor: ActorSummary.optional(),
    place: PlaceSummary.optional(),
    source: SourceSummary.optional(),
    attribute: object('AttributeSummary', 'An attribute with one of its values.', {
      key: z.string(),
      value: z.string().describe('The value as text: a number as JSON writes it, `true` or `false`, a text, or a text of a list.'),
    }).optional(),
    moments: atLeastOne,
    entries: atLeastOne
      .optional()
      .describe(
        'The entries that these moments belong to, each counted once; absent where more than 100,000 moments of agreements would have to be read for it.',
      ),
    sums: sums('the entries of the group'),
  }),
  {
    by: z.array(z.string()).describe('The dimensions that were asked for.'),
    sum: z.string().optional().describe('The label whose figures are added, as a word.'),
    groups: count.describe('How many groups there are, on all pages.'),
    before: count
      .optional()
      .describe('Moments that had begun before the window, which are in no group by time; absent without a unit of time and a window.'),
    without: count
      .optional()
      .describe(
        'Moments that are in no group because they have no value: no topic, no value of the attribute of at most 200 characters, or no known beginning. Absent where more than 20,000 moments would have to be read for it: only of topics, roles, actors, places, sources and attributes.',
      ),
    total: count.describe(
      'How many moments there are in all. A moment with two topics is in two groups, so that groups may add up to more.',
    ),
    sums: sums('all entries of these moments'),
    warnings,
    query: EchoedQuery,
  },
);

/** Actors that share entries with another. */
export const CounterpartList = listed(
  'CounterpartList',
  'Who shares entries with an actor, most first.',
  object('Counterpart', 'An actor that shares entries with another.', {
    actor: ActorSummary,
    entries: atLeastOne.describe('How many entries they share.'),
    first: z.string().optional().describe('The earliest day of the first.'),
    last: z.string().optional().describe('The latest day of the last.'),
  }),
  {
    counted: z
      .enum(['all', 'newest'])
      .describe('Whether all entries were counted or, because there are too many, only those of the newest 5,000 moments of the actor.'),
    warnings,
    query: EchoedQuery,
  },
);
