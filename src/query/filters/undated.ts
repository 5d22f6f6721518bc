import { invalidParameter } from '../../domain/errors.ts';
import { hasWindow } from '../../domain/time/window.ts';
import { Basis } from '../../model/dates.ts';
import { booleanParameter } from '../../model/strings.ts';
import { filter } from './filter.ts';

const INFERRED = [{ field: 'basis', value: 'inferred' }];

/** Moments without a date, or with one that is known in a certain way. A window and a basis leave out what has no date. */
export const undated = filter(
  {
    undated: booleanParameter('`true`: only what has no date; `false`: only what has one.'),
    basis: Basis.optional().describe('Whether the date is `stated` by the source, or `inferred` from it by the reader.'),
  },
  ({ undated: value, basis }, { window }) => {
    if (value === 'true' && hasWindow(window)) {
      throw invalidParameter('undated', 'what has no date lies in no window: leave out undated=true, or the window');
    }
    if (value === 'true' && basis !== undefined) {
      throw invalidParameter('basis', 'what has no date is not known in any way: leave out basis, or undated=true');
    }
    return {
      ...(basis === 'inferred' && { conjuncts: [INFERRED] }),
      ...(basis === 'stated' && { excluded: INFERRED }),
      undated: value === 'true' ? 'only' : 'without',
      echo: { ...(value !== undefined && { undated: value }), ...(basis !== undefined && { basis }) },
    };
  },
  { basis: Basis.optional() },
);
