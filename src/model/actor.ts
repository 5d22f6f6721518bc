import { z } from 'zod';
import { reference, searched, text } from './columns.ts';
import { ActorDate, NewActorDate, NewMembership } from './fields.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Prose, Reference, Title } from './strings.ts';

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
    name: Title,
    names,
    description: Prose.optional(),
    partOf: Reference.optional().describe('The actor it is a body of.'),
    dates: z.array(NewActorDate).max(100).optional(),
    memberships: z.array(NewMembership).max(500).optional(),
  },
  set: { dates: z.array(ActorDate).max(100).optional() },
  timeline: { single: false, life: true },
  columns: { description: searched(text), note: text, partOf: reference('actor') },
  example: { id: 'csto', patch: { description: 'An alliance of states that signed the Collective Security Treaty.' } },
});
