import { AnnalsError } from '../domain/errors.ts';

/** The error of a read that was ended after its time, in milliseconds. */
export const timedOut = (timeout: number): AnnalsError =>
  new AnnalsError('query-timeout', `the answer takes longer than ${timeout} ms: ask for less at a time, such as a narrower window`);

/** The error of a read for which there is no room. */
export const tooMany = (): AnnalsError =>
  new AnnalsError('too-many-queries', 'too many large queries are being answered: try again in a moment');
