import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import type { RecordModel } from './record-model.ts';
import * as types from './types.ts';

/** The model of every record type, by name. */
export const modelOf: Record<RecordType, RecordModel> = types;

/** The models, in the order of the reference and of an export: a type comes before those that refer to it. */
export const models: RecordModel[] = RECORD_TYPES.map((type) => modelOf[type]);
