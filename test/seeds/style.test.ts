import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecordType } from '../../src/domain/record-type.ts';
import { modelOf } from '../../src/model/models.ts';
import { validate } from '../../src/model/record.ts';
import { faultsOfEvidence } from '../../src/records/strict-rules.ts';
import { SEEDS } from '../helpers/fixtures.ts';
import { readNdjson } from '../helpers/ndjson.ts';

// The style of the seeds, as far as it shows without their documents; `annals verify --strict` holds them to these.

type Vocabulary = 'kind' | 'role' | 'topic' | 'relation' | 'moment';
type Code = { vocabulary: Vocabulary; slug: string; recordTypes?: string[] };
type Roled = { role: string; participants?: Roled[] };
type Seed = {
  type: RecordType;
  id: string;
  kind: string;
  title?: string;
  summary?: string;
  topics?: string[];
  participants?: Roled[];
  dates?: Roled[];
  memberships?: Partial<Roled>[];
  relations?: { type: string }[];
  citations?: unknown[];
};

const CODEBOOK = 'codebook.ndjson';
const codebook = readNdjson<Code>(join(SEEDS, CODEBOOK));
const seeds = readdirSync(SEEDS)
  .filter((file) => file.endsWith('.ndjson') && file !== CODEBOOK)
  .flatMap((file) => readNdjson<Seed>(join(SEEDS, file)));
const entries = seeds.filter(({ type }) => ['event', 'agreement', 'meeting'].includes(type));

/** The slugs of a record, each with its vocabulary. */
const slugsOf = ({ kind, topics = [], participants = [], dates = [], memberships = [], relations = [] }: Seed): [Vocabulary, string][] => [
  ['kind', kind],
  ...topics.map((slug): [Vocabulary, string] => ['topic', slug]),
  ...[...participants, ...dates.flatMap((date) => date.participants ?? []), ...memberships].flatMap(({ role }): [Vocabulary, string][] =>
    role === undefined ? [] : [['role', role]],
  ),
  ...dates.map(({ role }): [Vocabulary, string] => ['moment', role]),
  ...relations.map(({ type }): [Vocabulary, string] => ['relation', type]),
];

/** True for a slug that the codebook has, of a kind for records of a type. */
const isKnown = (type: string, vocabulary: Vocabulary, slug: string) =>
  codebook.some(
    (code) => code.vocabulary === vocabulary && code.slug === slug && (vocabulary !== 'kind' || (code.recordTypes?.includes(type) ?? true)),
  );

describe('the codebook', () => {
  test('has every kind, role, topic, relation and moment of the seeds, and each kind for its type', () => {
    const unknown = seeds.flatMap((seed) =>
      slugsOf(seed)
        .filter(([vocabulary, slug]) => !isKnown(seed.type, vocabulary, slug))
        .map(([vocabulary, slug]) => `${seed.type} "${seed.id}": ${vocabulary} ${slug}`),
    );
    expect(unknown).toEqual([]);
  });

  test('has no code that the seeds do not use', () => {
    const used = new Set(seeds.flatMap((seed) => slugsOf(seed).map(([vocabulary, slug]) => `${vocabulary} ${slug}`)));
    const codes = codebook.map(({ vocabulary, slug }) => `${vocabulary} ${slug}`);
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });
});

/** The entries that break a rule, each with the text that does. */
const breaking = (field: 'title' | 'summary', breaks: (text: string) => boolean): string[] =>
  entries.flatMap(({ type, id, [field]: text }) => (text !== undefined && breaks(text) ? [`${type} "${id}": ${text}`] : []));

test('titles have at most 80 characters, name their subject and end without a period', () => {
  expect(breaking('title', (title) => title.length > 80)).toEqual([]);
  expect(breaking('title', (title) => /\bthe cent(?:re|er)\b/i.test(title))).toEqual([]);
  expect(breaking('title', (title) => title.endsWith('.'))).toEqual([]);
});

test('summaries are sentences with a subject', () => {
  expect(breaking('summary', (summary) => !/^["“]?[\p{Lu}\p{Nd}]/u.test(summary))).toEqual([]);
  expect(breaking('summary', (summary) => !/\.["”)]?$/.test(summary))).toEqual([]);
  expect(breaking('summary', (summary) => /^(?:It|They)\b/.test(summary))).toEqual([]);
});

test('an entry has at most five topics', () => {
  expect(entries.filter(({ topics = [] }) => topics.length > 5).map(({ type, id }) => `${type} "${id}"`)).toEqual([]);
});

test('every record cites a source', () => {
  expect(seeds.filter(({ citations = [] }) => citations.length === 0).map(({ type, id }) => `${type} "${id}"`)).toEqual([]);
});

test('every participant and date is supported, every inference has a note, and nothing is supported that is not stated', () => {
  const faults = seeds.flatMap((seed) => {
    const model = modelOf[seed.type];
    return faultsOfEvidence(model, validate(model, seed)).map(({ message }) => `${seed.type} "${seed.id}": ${message}`);
  });
  expect(faults).toEqual([]);
});
