/** Reports the progress of long work: `done` records, of `total` where it is known. It is called often and must be cheap. */
export type Progress = (
  stage: 'reading' | 'checking' | 'writing' | 'deleting' | 'exporting' | 'copying' | 'comparing',
  done: number,
  total?: number,
) => void;

/** Progress that nobody watches. */
export const noProgress: Progress = () => undefined;
