import { memo } from '../memo.ts';
import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from './day.ts';
import { labelOf } from './edtf-label.ts';
import { parseEdtf } from './edtf.ts';

/** Dates that were read: a record that is written needs each of its dates several times, and many records of an import have the same. */
const known = memo<HistoricalDate>(4096);

/** A date in EDTF: the days on which it lies, and `derived`, the fields that are returned with it. Throws as `parseEdtf`. */
export const historicalDate = (edtf: string): HistoricalDate => known(edtf, () => readDate(edtf));

type HistoricalDate = Readonly<ReturnType<typeof readDate>>;

function readDate(edtf: string) {
  const date = parseEdtf(edtf);
  const { startMin, startMax, endMin, endMax, precision, open, unknown } = date;
  return {
    bounds: { startMin, startMax, endMin, endMax },
    derived: {
      earliest: startMin === UNBOUNDED_START ? undefined : isoOfDay(startMin),
      latest: endMax === UNBOUNDED_END ? undefined : isoOfDay(endMax),
      precision,
      label: labelOf(date),
      open,
      unknown,
    },
  };
}
