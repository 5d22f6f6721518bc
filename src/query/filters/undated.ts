import { invalidParameter } from '../../domain/errors.ts';
import { hasWindow } from '../../domain/time/window.ts';
import { booleanParameter } from '../../model/strings.ts';
import { filter } from './filter.ts';

/** Moments without a date: only these, or none of them. A window leaves them out. */
export const undated = filter(
  {
    undated: booleanParameter('`true`: only what has no date; `false`: only what has one.'),
  },
  ({ undated: value = 'false' }, { window }) => {
    if (value === 'true' && hasWindow(window)) {
      throw invalidParameter('undated', 'what has no date lies in no window: leave out undated=true, or from, to and on');
    }
    return { undated: value === 'true' ? 'only' : 'without', understood: { undated: value } };
  },
);
