import { actor } from './actor.ts';
import { agreement } from './agreement.ts';
import { event } from './event.ts';
import { meeting } from './meeting.ts';
import type { RecordType } from '../domain/record-type.ts';
import { place } from './place.ts';
import type { RecordModel } from './record-model.ts';
import { source } from './source.ts';

/** Every record type, by name. */
export const modelOf: Record<RecordType, RecordModel> = { place, actor, source, agreement, meeting, event };

/** Every record type, in the order of the reference and of an export: what is referred to before what refers to it. */
export const models: RecordModel[] = Object.values(modelOf);
