import { alternatives, wordFilter } from './filter.ts';

/** A topic of the entry. */
export const topic = wordFilter('topic', alternatives('On this topic.'));
