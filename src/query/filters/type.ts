import { invalidParameter } from '../../domain/errors.ts';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { anyOrNoneOf, asCode, echoedList, echoOf, filter, valuesIn, SEVERAL, termsOf } from './filter.ts';

/** The type whose moments are listed alone. */
const ACTOR = 'actor';

/** The schema of one or several types of records. */
export const typesOf = (types: readonly string[]) => anyOrNoneOf(types).describe(`Only of these types: ${asCode(types)}. ${SEVERAL}`);

/** The types that are asked for: all but those left out, where none is named without `!`. Throws `invalid-request` if none is left. */
export function askedTypes<Type extends string>(text: string, all: readonly Type[]): { types: Type[]; echo: string[] } {
  const asked = valuesIn('type', text);
  const types = all.filter((type) => (asked.any.length === 0 || asked.any.includes(type)) && !asked.none.includes(type));
  if (types.length > 0) return { types, echo: echoOf(asked) };
  throw invalidParameter('type', `type=${text} leaves no type: name one of ${all.join(', ')} without !`);
}

/** The type of the entry; or `actor` for moments in the lives of actors, whose terms are found apart from those of entries. */
export const type = filter(
  {
    type: anyOrNoneOf([...ENTRY_TYPES, ACTOR]).describe(
      `Only of these types: ${asCode(ENTRY_TYPES)}. ${SEVERAL} Or \`${ACTOR}\` alone: the dates and the memberships of actors, which are listed only so.`,
    ),
  },
  ({ type: value = '' }) => {
    const asked = valuesIn('type', value);
    if (asked.any.includes(ACTOR)) {
      if (asked.any.length + asked.none.length > 1)
        throw invalidParameter(
          'type',
          `type=${value} asks for actors and others: the moments of actors are listed alone, write type=${ACTOR}`,
        );
      return { type: ACTOR, echo: { type: [ACTOR] } };
    }
    if (asked.any.length === 0 && asked.none.every((each) => each === ACTOR)) return { echo: { type: echoOf(asked) } };
    const { types, echo } = askedTypes(value, ENTRY_TYPES);
    const [only, ...others] = types;
    return { conjuncts: [termsOf('type', types)], ...(others.length === 0 ? { type: only! } : {}), echo: { type: echo } };
  },
  { type: echoedList },
);
