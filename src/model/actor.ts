import { z } from 'zod';
import { reference, searched, text } from './columns.ts';
import { identifiers, names, NewMembership } from './fields.ts';
import { defineModel } from './record-model.ts';
import { Line, Prose, Reference } from './strings.ts';

/** The model of actors. */
export const actor = defineModel({
  type: 'actor',
  path: 'actors',
  name: 'Actor',
  titleField: 'name',
  description: 'Who acts: a state, an organization or a body in one, a person, a group, an office.',
  newDescription: 'An actor to record.',
  group: 'Who acts, under every name.',
  kinds: '`state`, `organization`, `person`, `group`, `office`',
  fields: {
    name: Line,
    names,
    description: Prose.optional(),
    identifiers,
    partOf: Reference.optional().describe('The actor it is a body of.'),
    memberships: z.array(NewMembership).max(500).optional(),
  },
  columns: { description: searched(text), note: text, partOf: reference('actor') },
  example: { id: 'csto', patch: { description: 'An alliance of states that signed the Collective Security Treaty.' } },
});
