/** Is told how far long work has come: `done` records, of `total` where that is known. Called often: it must be cheap. */
export type Progress = (
  stage: 'reading' | 'checking' | 'writing' | 'exporting' | 'copying' | 'comparing',
  done: number,
  total?: number,
) => void;

/** For who does not watch. */
export const unwatched: Progress = () => undefined;
