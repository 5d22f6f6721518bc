import { RECORD_TYPES } from '../../src/domain/record-type.ts';
import { idFieldsOf } from './record-ids.ts';
import { samples } from './samples.ts';

type Line = Record<string, unknown>;

const iso = (value: string) => ({ identifiers: [{ scheme: 'iso3166-1', value }] });

/** The records that the samples refer to. */
const referred: readonly Line[] = [
  { type: 'actor', id: 'kazakhstan', kind: 'state', name: 'Kazakhstan', ...iso('KZ') },
  { type: 'actor', id: 'uzbekistan', kind: 'state', name: 'Uzbekistan', ...iso('UZ') },
  { type: 'actor', id: 'united-nations', kind: 'organization', name: 'United Nations' },
  { type: 'actor', id: 'unrcca', kind: 'organization', name: 'UNRCCA', partOf: 'united-nations' },
  { type: 'actor', id: 'csto', kind: 'organization', name: 'CSTO' },
  { type: 'place', id: 'uzbekistan', kind: 'country', name: 'Uzbekistan' },
  { type: 'place', id: 'tashkent', kind: 'city', name: 'Tashkent', partOf: ['uzbekistan'] },
  { type: 'place', id: 'termez', kind: 'city', name: 'Termez', partOf: ['uzbekistan'] },
  { type: 'place', id: 'central-asia', kind: 'region', name: 'Central Asia' },
  { type: 'source', id: 'un-and-central-asia-regional-security', kind: 'book', title: 'The UN and regional security' },
];

/** Lines of an import that makes a small database: both samples of each type, which use every field, and the records that they refer to. */
export const smallRecords: readonly Line[] = [
  ...referred,
  ...RECORD_TYPES.toReversed().flatMap((type) => [
    { ...samples[type].full, type, ...idFieldsOf(type, 'full') },
    { ...samples[type].least, type, ...idFieldsOf(type, 'least') },
  ]),
];
