import { z } from 'zod';
import { columnsOf, reference, searched, text } from './columns.ts';
import { commonFields, Identifier, Membership, Name, newCommonFields, NewMembership, patchOf } from './fields.ts';
import type { RecordModel } from './record-model.ts';
import { Id, Line, Prose, Reference, Slug } from './strings.ts';

const kind = Slug.describe('`state`, `organization`, `person`, `group`, `office`');
const actorFields = {
  names: z.array(Name).max(200).optional(),
  description: Prose.optional(),
  identifiers: z.array(Identifier).max(50).optional(),
};

/** An actor as clients write it. */
export const NewActor = z
  .strictObject({
    type: z.enum(['actor']).optional(),
    id: Id.optional().describe('Made from the name when left out.'),
    kind,
    name: Line,
    ...actorFields,
    partOf: Reference.optional().describe('The actor it is a body of.'),
    memberships: z.array(NewMembership).max(500).optional(),
    ...newCommonFields,
  })
  .meta({ id: 'NewActor', description: 'An actor to record.' });

/** Changes to an actor. */
export const ActorPatch = patchOf(NewActor, 'ActorPatch');

/** An actor as the service returns it. */
export const Actor = z
  .strictObject({
    type: z.enum(['actor']),
    id: Id,
    kind,
    name: Line,
    ...actorFields,
    partOf: Id.optional(),
    memberships: z.array(Membership).max(500).optional(),
    ...commonFields,
  })
  .meta({ id: 'Actor', description: 'Who acts: a state, an organization or a body in one, a person, a group, an office.' });

/** The model of actors. */
export const actor = {
  type: 'actor',
  path: 'actors',
  name: 'Actor',
  titleField: 'name',
  description: 'Who acts: a state, an organization or a body in one, a person, a group, an office.',
  group: 'Who acts, under every name.',
  schema: Actor,
  newSchema: NewActor,
  patchSchema: ActorPatch,
  columns: columnsOf<z.infer<typeof NewActor>>({ description: searched(text), note: searched(text), partOf: reference('actor') }),
  example: { id: 'csto', patch: { description: 'An alliance of states that signed the Collective Security Treaty.' } },
} satisfies RecordModel;
