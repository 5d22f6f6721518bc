import type { Issue } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Input, RecordModel } from '../../model/record-model.ts';

/** A place in a record where another one is named. `exact` takes only an id; `replace` puts the id there once it is known. */
export type Reference = { type: RecordType; value: string; pointer: string; exact: boolean; replace: (id: string) => void };

/** Every reference that a record makes, in reading order. */
export function* referencesIn(model: RecordModel, input: Input): Generator<Reference> {
  for (const [field, type] of Object.entries(model.references)) yield* reference(input, field, type, '');
  yield* participants(input, '');
  for (const [date, pointer] of objects(input, 'dates', '')) {
    yield* reference(date, 'place', 'place', pointer);
    yield* participants(date, pointer);
  }
  for (const [figure, pointer] of objects(input, 'figures', '')) yield* reference(figure, 'attributedTo', 'actor', pointer);
  for (const [membership, pointer] of objects(input, 'memberships', '')) yield* reference(membership, 'organization', 'actor', pointer);
  for (const [citation, pointer] of objects(input, 'citations', '')) {
    yield* reference(citation, 'source', 'source', pointer);
    yield* reference(citation, 'attributedTo', 'actor', pointer);
  }
  for (const [relation, pointer] of objects(input, 'relations', '')) {
    const record = relation['record'] as { type: RecordType; id: string }; // @NOTE validated as a RecordReference
    yield { type: record.type, value: record.id, pointer: `${pointer}/record`, exact: true, replace: () => undefined };
  }
}

/** Issues of the references that a record makes to itself. Evidence may: a source says who wrote it. */
export function selfReferences(model: RecordModel, input: Input, id: string): Issue[] {
  const issues: Issue[] = [];
  for (const { type, value, pointer } of referencesIn(model, input)) {
    if (type !== model.type || value !== id || EVIDENCE.test(pointer)) continue;
    issues.push({ pointer, message: `the ${type} "${id}" cannot refer to itself here: leave it out, or name another` });
  }
  return issues;
}

const EVIDENCE = /^\/(?:citations|figures)\//;

function* participants(owner: JsonObject, path: string): Generator<Reference> {
  for (const [participant, pointer] of objects(owner, 'participants', path)) {
    yield* reference(participant, 'actor', 'actor', pointer);
    yield* reference(participant, 'onBehalfOf', 'actor', pointer);
  }
}

function* reference(owner: JsonObject, field: string, type: RecordType, path: string): Generator<Reference> {
  const value = owner[field];
  if (typeof value !== 'string') return;
  yield {
    type,
    value,
    pointer: `${path}/${field}`,
    exact: false,
    replace: (id) => {
      owner[field] = id;
    },
  };
}

function* objects(owner: JsonObject, field: string, path: string): Generator<[JsonObject, string]> {
  const list = owner[field];
  if (!Array.isArray(list)) return;
  for (const [index, item] of list.entries()) yield [item as JsonObject, `${path}/${field}/${index}`]; // @NOTE the schema makes them objects
}
