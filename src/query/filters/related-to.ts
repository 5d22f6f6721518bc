import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { modelOf } from '../../model/models.ts';
import type { NameReference } from '../../records/names/names.ts';
import { askedTerms, echoedList, echoOf, filter, alternatives, resolveReferences } from './filter.ts';

/** A record that the entry is related to, in either direction. */
export const relatedTo = filter(
  {
    relatedTo: alternatives(
      'Related to this record, in either direction: `agreement/tashkent-declaration-2018`; its id, symbol, title or name.',
    ),
  },
  async ({ relatedTo: value }, { reader }) => {
    if (value === undefined) return {};
    const { any, none } = await resolveReferences(reader, 'relatedTo', value, { of: typedReference, refused: noReference });
    const named = (records: typeof any) => [...new Set(records.map(({ type, id }) => `${type}/${id}`))];
    const found = { any: named(any), none: named(none) };
    return { ...askedTerms('related', found), echo: { relatedTo: echoOf(found) } };
  },
  { relatedTo: echoedList },
);

/** A record as `type/id`; undefined for anything else. */
function typedReference(value: string): NameReference | undefined {
  const [type = '', ...name] = value.split('/');
  if (!Object.hasOwn(modelOf, type) || name.length === 0) return undefined;
  return { type: type as RecordType, value: name.join('/') }; // @NOTE a name of a model
}

const noReference = (value: string) =>
  invalidParameter(
    'relatedTo',
    `relatedTo=${firstUnits(value, 80)} names no record: give its type and id, such as agreement/tashkent-declaration-2018`,
  );
