import { NAMED_TYPES } from '../../domain/record-type.ts';
import { nameKeysOf } from '../../index/entry.ts';
import type { Input, Valid } from '../../model/record.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Statement, Step } from '../../storage/port.ts';
import { type Indexed, standingOf } from '../../storage/index-change.ts';
import { putRelations, putTrigrams, takeRelations, takeTrigrams } from '../../storage/interval-index.ts';
import type { Ready } from '../rows.ts';
import { indexedAs } from './terms.ts';

/** The steps that change how a record stands in the index: `first` before its rows are deleted, `last` when they are written. */
type Around = { first: Step[]; last: Step[] };

/** The steps that put a new record in the index, when its rows are written. No other record refers to it yet. */
export function enterIndex({ model, key, input, momentKeys }: Ready): Step[] {
  return [
    { record: key, type: model.type, after: indexedAs(model, input, momentKeys) },
    ...(input.relations === undefined ? [] : putRelations({ first: key, last: key })),
    ...onlyNamed(model, putTrigrams({ first: key, last: key })),
  ];
}

/** The steps that take a record with these moments out of the index, before its rows are deleted. */
export function leaveIndex(model: RecordModel, key: number, input: Valid, momentKeys: readonly number[]): Step[] {
  return [
    { record: key, type: model.type, before: indexedAs(model, input, momentKeys) },
    ...takeRelations({ first: key, last: key }),
    ...onlyNamed(model, takeTrigrams({ first: key, last: key })),
  ];
}

/** The steps that change how a record stands in the index from what clients wrote `before`. */
export function changeIndex({ model, key, input, momentKeys }: Ready, former: Valid): Around {
  const range = { first: key, last: key };
  const before = indexedAs(model, former, momentKeys);
  const after = indexedAs(model, input, momentKeys);
  const relationsStay = relationsSay(before, former) === relationsSay(after, input);
  const namesStay = isDeepStrictEqual(nameKeysOf(model, former), nameKeysOf(model, input));
  return {
    first: [...(relationsStay ? [] : takeRelations(range)), ...(namesStay ? [] : onlyNamed(model, takeTrigrams(range)))],
    last: [
      { record: key, type: model.type, before, after },
      ...(relationsStay ? [] : putRelations(range)),
      ...(namesStay ? [] : onlyNamed(model, putTrigrams(range))),
    ],
  };
}

/** All on which depends what relations say of a record in the index: where its moments lie, and its relations. */
function relationsSay({ moments }: Indexed, { relations }: Input): string {
  return JSON.stringify([moments.map(standingOf), relations]);
}

const onlyNamed = ({ type }: RecordModel, each: Statement): Statement[] => (NAMED_TYPES.has(type) ? [each] : []);
