import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { dialect } from '../../storage/dialect.ts';
import type { ResidualFilter } from '../plan/query.ts';
import { askedTerms, echoedList, echoOf, alternatives, filter, wordsIn } from './filter.ts';

const number = z
  .string()
  .regex(/^-?\d{1,15}(?:\.\d{1,15})?$/, 'give a number such as 100 or 0.5')
  .optional();

const numeric = (description: string) => number.meta({ description, override: { type: 'number', pattern: undefined } });

/** A figure that the entry states, by its label, and the numbers between which it lies. */
export const figure = filter(
  {
    figure: alternatives('Stating a figure with this label: `deaths`, `troops`.'),
    figureMin: numeric(
      'With a figure of at least this number; of the label in `figure`. A figure without a best value counts by its range.',
    ),
    figureMax: numeric('With a figure of at most this number; of the label in `figure`.'),
  },
  ({ figure: value, figureMin, figureMax }) => {
    if (value === undefined) throw invalidParameter(figureMin === undefined ? 'figureMax' : 'figureMin', NO_FIGURE);
    const words = wordsIn('figure', value);
    const bounds = {
      ...(figureMin !== undefined && { figureMin: Number(figureMin) }),
      ...(figureMax !== undefined && { figureMax: Number(figureMax) }),
    };
    const isBounded = figureMin !== undefined || figureMax !== undefined;
    if (isBounded && words.any.length === 0) throw invalidParameter('figure', NO_FIGURE);
    if (Number(figureMin ?? -Infinity) > Number(figureMax ?? Infinity))
      throw invalidParameter(
        'figureMin',
        `figureMin=${figureMin} is more than figureMax=${figureMax}: write the smaller number in figureMin`,
      );
    return {
      ...askedTerms('figure', words),
      residual: isBounded ? [withinBounds(words.any, bounds)] : [],
      warnings: words.warnings,
      echo: { figure: echoOf(words), ...(figureMin !== undefined && { figureMin }), ...(figureMax !== undefined && { figureMax }) },
    };
  },
  { figure: echoedList },
);

const NO_FIGURE = 'figureMin and figureMax are about a figure: add figure, such as figure=deaths';

const MOMENT = MOMENTS_IN_BRIEF('fm');

/** The condition that the record has a figure of one of the labels between two numbers. The best value counts; without one, the range must share a number with them. */
function withinBounds(labels: readonly string[], bounds: { figureMin?: number; figureMax?: number }): ResidualFilter {
  const conditions = [
    ...(bounds.figureMin === undefined ? [] : ['coalesce(f.value, f.high) >= :figureMin']),
    ...(bounds.figureMax === undefined ? [] : ['coalesce(f.value, f.low) <= :figureMax']),
  ];
  return {
    sql: ({ position }) => `EXISTS (SELECT 1 FROM ${MOMENT} CROSS JOIN figures f ON f.record_id = fm.record_id
      WHERE fm.id = (${position} & ${MOMENT_MASK}) AND f.key IN ${dialect.list(':figures', 'text')} AND ${conditions.join(' AND ')})`,
    params: { figures: JSON.stringify(labels), ...bounds },
    ofRecord: true,
  };
}
