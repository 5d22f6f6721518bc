import { NAMED_TYPES } from '../domain/record-type.ts';
import { closeKey, identifierKey, keyOfName, SIGNS } from '../domain/text/name.ts';
import { type Input, titleOf } from './record.ts';
import type { RecordModel } from './record-model.ts';

/** The names by which a record is found. */

/** The class of a name among those of records that share it: the lowest goes first. */
export type NameClass = 0 | 1 | 2;

/** A name of a record as it is written there; `pointer` is its place (RFC 6901). */
export type WrittenName = { name: string; nameClass: NameClass; pointer: string };

/** The fields by which a record is found. */
export type Named = Pick<Input, 'title' | 'name' | 'label' | 'names' | 'symbol' | 'symbols' | 'identifiers'>;

type NameKind = NonNullable<NonNullable<Input['names']>[number]['kind']>;

const CLASSES: Record<NameKind, NameClass> = { official: 0, short: 0, abbreviation: 0, variant: 1, misspelling: 2 };

/** All names of a record: its title, its symbols, and its other names. */
export function writtenNames(model: RecordModel, record: Named): WrittenName[] {
  const { symbol, symbols = [], names = [] } = record;
  return [
    { name: titleOf(model, record), nameClass: 0, pointer: `/${model.titleField}` },
    ...(symbol === undefined ? [] : [{ name: symbol, nameClass: 0 as const, pointer: '/symbol' }]),
    ...symbols.map((name, index) => ({ name, nameClass: 0 as const, pointer: `/symbols/${index}` })),
    ...names.map(({ name, kind = 'variant' }, index) => ({ name, nameClass: CLASSES[kind], pointer: `/names/${index}/name` })),
  ];
}

/** A key of `lookups`, and the name of which it is made; absent for an identifier. */
export type FiledName = { key: string; name?: WrittenName };

/**
 * The keys under which a record is filed in `lookups`, each as often as it has names of that key. The titles of entries are not among them: there are as many
 * as entries, and `records` finds each by its sort key.
 */
export function filedNames(model: RecordModel, record: Named): FiledName[] {
  const { identifiers = [] } = record;
  const names = writtenNames(model, record).slice(NAMED_TYPES.has(model.type) ? 0 : 1);
  return [
    ...names.map((name) => ({ key: keyOfName(name.name), name })).filter(({ key }) => key !== SIGNS),
    ...identifiers.map(({ scheme, value, match }) => {
      const identifier = `${scheme}:${value}`;
      return { key: match === 'close' ? closeKey(identifier) : identifierKey(identifier) };
    }),
  ];
}

/** The distinct keys by which a record is found. */
export const nameKeysOf = (model: RecordModel, record: Named): string[] => [...new Set(filedNames(model, record).map(({ key }) => key))];
