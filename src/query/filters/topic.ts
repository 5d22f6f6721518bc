import { list, wordFilter } from './filter.ts';

/** A topic of the entry. */
export const topic = wordFilter('topic', list('On this topic.'));
