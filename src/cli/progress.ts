import { type Progress, unwatched } from '../domain/progress.ts';
import { counted, type Surroundings } from './surroundings.ts';

const QUIET = 1000;
const STEP = 200;
const CLEAR_LINE = '\r\u001B[K';

/** Shows the progress of work that takes longer than a second, on a terminal only, and wipes it away when the work is over. */
export async function withProgress<Result>(
  { errors, clock }: Surroundings,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  if (!errors.isTTY) return work(unwatched);
  let next = clock() + QUIET;
  let shown = '';
  try {
    return await work((stage, done, total) => {
      if (clock() < next) return;
      next = clock() + STEP;
      shown = `${stage} ${counted(done)}${total === undefined ? '' : ` of ${counted(total)}`}`;
      errors.write(`${CLEAR_LINE}${shown}`);
    });
  } finally {
    if (shown !== '') errors.write(CLEAR_LINE);
  }
}
