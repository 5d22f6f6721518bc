import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { modelOf } from '../../model/models.ts';
import type { NameReference } from '../../records/names/names.ts';
import { askedTerms, echoedList, echoOf, filter, alternatives, valuesIn, resolveEach } from './filter.ts';

/** A record that the entry is related to, in either direction. */
export const relatedTo = filter(
  { relatedTo: alternatives('Related to this record, in either direction: `agreement/tashkent-declaration-2018`.') },
  async ({ relatedTo: value }, { reader }) => {
    const { any, none } = valuesIn('relatedTo', value);
    const asked = { any: any.map(typedReference), none: none.map(typedReference) };
    const resolved = await resolveEach(reader, 'relatedTo', asked);
    const named = (side: 'any' | 'none') => [...new Set(resolved[side].map(({ id }, index) => `${asked[side][index]!.type}/${id}`))];
    const found = { any: named('any'), none: named('none') };
    return { ...askedTerms('related', found), echo: { relatedTo: echoOf(found) } };
  },
  { relatedTo: echoedList },
);

/** A record as `type/id`. Throws `invalid-request` for anything else. */
function typedReference(value: string): NameReference {
  const [type = '', ...name] = value.split('/');
  if (Object.hasOwn(modelOf, type) && name.length > 0) return { type: type as RecordType, value: name.join('/') }; // @NOTE a name of a model
  const shown = firstUnits(value, 80);
  throw invalidParameter(
    'relatedTo',
    `relatedTo=${shown} names no record: give its type and id, such as agreement/tashkent-declaration-2018`,
  );
}
