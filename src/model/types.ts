/** The models of all record types, each under the name of its type. */
export { code } from './code.ts';
export { place } from './place.ts';
export { actor } from './actor.ts';
export { source } from './source.ts';
export { agreement } from './agreement.ts';
export { meeting } from './meeting.ts';
export { event } from './event.ts';
