import { actor } from './actor.ts';
import { agreement } from './agreement.ts';
import { event } from './event.ts';
import { meeting } from './meeting.ts';
import type { RecordType } from './parts.ts';
import { place } from './place.ts';
import type { Resource } from './resource.ts';
import { source } from './source.ts';

/** Every record type, by name. */
export const resourceOf: Record<RecordType, Resource> = { place, actor, source, agreement, meeting, event };

/** Every record type, in the order of the reference and of an export: what is referred to before what refers to it. */
export const resources: Resource[] = Object.values(resourceOf);
