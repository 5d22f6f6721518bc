import { z } from 'zod';
import { ENTRY_TYPES } from '../domain/record-type.ts';
import { json, required, searched, text } from './columns.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Prose, Slug, Title } from './strings.ts';

/** The vocabularies of the codebook. None has a hyphen, so that the id of a code can be read in one way only. */
export const VOCABULARIES = ['kind', 'role', 'topic', 'relation', 'moment'] as const;

/** A vocabulary of the codebook. */
export type VocabularyName = (typeof VOCABULARIES)[number];

/** The longest slug of a code: with its vocabulary it makes an id. */
const CODE_MAX = 70;

/** The model of codes: what the codebook says of a word that records bear. */
export const code = defineModel({
  type: 'code',
  path: 'codebook',
  name: 'Code',
  titleField: 'label',
  idFields: ['vocabulary', 'slug'],
  description: 'What a kind, role, topic, relation type or role of moments means: a word that records bear, its definition, its synonyms.',
  newDescription: 'A code to record.',
  group: 'What the kinds, roles, topics, relation types and roles of moments mean.',
  fields: {
    vocabulary: z.enum(VOCABULARIES).describe('The field of records whose word it is.'),
    slug: Slug.max(CODE_MAX).describe('The word as records bear it.'),
    label: Title.describe('The word as people write it.'),
    names: names.describe('Its synonyms, in any language: filters take them, and the label, for the slug.'),
    definition: Prose.optional().describe('What the word means, and what it does not.'),
    recordTypes: z
      .array(z.enum([...ENTRY_TYPES, 'actor', 'place', 'source']))
      .max(10)
      .meta({ description: 'The record types whose records may bear it; all when left out.', examples: [['event']] })
      .optional(),
  },
  columns: { slug: required(text), definition: searched(text), recordTypes: json, note: text },
  example: { id: 'topic-drugs', patch: { definition: 'Production of and traffic in narcotic drugs, and the fight against them.' } },
});
