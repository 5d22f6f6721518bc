import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { booleanParameter } from '../../model/strings.ts';
import { filter } from './filter.ts';

/** The parameter of all lists. */
export const verifiedParameter = booleanParameter(
  '`false`: with a citation whose phrase does not stand in its paragraph. `true`: with citations that were held against stored texts, all of which hold.',
);

/** SQL of the condition on the citations of a record, whose key is an SQL expression. */
export const citationsHold = (value: 'true' | 'false', record: string): string => {
  const some = (result: 0 | 1) => `EXISTS (SELECT 1 FROM citations vc WHERE vc.record_id = ${record} AND vc.verified = ${result})`;
  return value === 'false' ? some(0) : `${some(1)} AND NOT ${some(0)}`;
};

const MOMENTS = MOMENTS_IN_BRIEF('vm');

/** Entries whose citations hold, or do not. */
export const verified = filter({ verified: verifiedParameter }, ({ verified: value = 'false' }) => ({
  residual: [
    {
      sql: ({ position }) =>
        `EXISTS (SELECT 1 FROM ${MOMENTS} WHERE vm.id = (${position} & ${MOMENT_MASK}) AND ${citationsHold(value, 'vm.record_id')})`,
      params: {},
      ofRecord: true,
    },
  ],
  echo: { verified: value },
}));
