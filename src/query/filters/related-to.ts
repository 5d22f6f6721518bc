import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { modelOf } from '../../model/models.ts';
import { type NameReference, resolveParameters } from '../../records/names/names.ts';
import { filter, alternatives, alternativesIn, termsOf } from './filter.ts';

/** A record that the entry is related to, in either direction. */
export const relatedTo = filter(
  { relatedTo: alternatives('Related to this record, in either direction: `agreement/tashkent-declaration-2018`.') },
  async ({ relatedTo: value }, { reader }) => {
    const references = alternativesIn('relatedTo', value).map(typedReference);
    const resolved = await resolveParameters(reader, 'relatedTo', references);
    const found = resolved.map(({ id }, index) => `${references[index]!.type}/${id}`);
    return { conjuncts: [termsOf('related', found)], echo: { relatedTo: found } };
  },
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
