import type { RecordType } from '../../src/domain/record-type.ts';
import { addressOfRecord } from '../../src/model/addresses.ts';
import { modelOf } from '../../src/model/models.ts';

/** Records of all types by a name of the test's own: its id or, of a code, its slug among the topics. */

/** The fields of a record that give it its id. */
export const idFieldsOf = (type: RecordType, name: string): Record<string, string> =>
  modelOf[type].idFields ? { vocabulary: 'topic', slug: name } : { id: name };

/** The id of a record. */
export const idOf = (type: RecordType, name: string): string => (modelOf[type].idFields ? `topic-${name}` : name);

/** The address of a record. */
export const addressOf = (type: RecordType, name: string): string => addressOfRecord(modelOf[type], idOf(type, name));
