import type { EchoedQuery, Warning } from '../../model/page.ts';
import { dialect } from '../../storage/dialect.ts';
import type { Fragment } from '../plan/query.ts';

/** The condition of filters by date on a record `r`, the SQL of whether it certainly holds, absent where no date is asked, and their echo. */
export type DatedCondition = Fragment & { certainty?: string; echo: EchoedQuery; warnings: readonly Warning[] };

/** The condition that one of several dates, in a column of their `members`, lies in the days of the parameters `:<name>From` and `:<name>To`. */
export const hasMember = (members: string, name: string): string => `EXISTS (SELECT 1 FROM ${dialect.elements('e', members)}
  WHERE ${dialect.column('e', 0, 'integer')} <= :${name}To AND ${dialect.column('e', 1, 'integer')} >= :${name}From)`;
