import { Command, Option } from 'commander';
import { instantOf } from '../domain/instant.ts';
import { createKey, listKeys, revokeKey, type Scope, SCOPES } from '../records/keys.ts';
import { type Surroundings, withAnnals } from './surroundings.ts';

/** `annals keys`, with `create`, `list` and `revoke`. */
export function keysCommand(surroundings: Surroundings): Command {
  return new Command('keys')
    .description('Make, list and revoke API keys; writing over HTTP needs one with the scope "write".')
    .addCommand(create(surroundings))
    .addCommand(list(surroundings))
    .addCommand(revoke(surroundings));
}

function create(surroundings: Surroundings): Command {
  return new Command('create')
    .description('Make a key and print its token, which is never shown again.')
    .requiredOption('--label <label>', 'who uses the key')
    .addOption(new Option('--scope <scope>', 'what it allows; "write" includes reading').choices(SCOPES).default('write'))
    .action(async (asked: { label: string; scope: Scope }) => {
      const { id, token } = await withAnnals(surroundings, (annals) => createKey(annals, asked, surroundings.random));
      // The token alone goes to standard output, so that a script can take it.
      surroundings.output.write(`${token}\n`);
      surroundings.errors.write(`this is the key ${id}; keep its token, it is not shown again\n`);
    });
}

function list(surroundings: Surroundings): Command {
  return new Command('list').description('List the keys, oldest first: id, scope, created, revoked, label.').action(async () => {
    const keys = await withAnnals(surroundings, ({ engine }) => listKeys(engine));
    for (const { id, scope, createdAt, revokedAt, label } of keys)
      surroundings.output.write(
        `${[id, scope, instantOf(createdAt), revokedAt === undefined ? '-' : instantOf(revokedAt), label].join('\t')}\n`,
      );
  });
}

function revoke(surroundings: Surroundings): Command {
  return new Command('revoke')
    .description('Make a key useless from now on.')
    .argument('<id>', 'the id that "list" shows')
    .action(async (id: string) => {
      await withAnnals(surroundings, (annals) => revokeKey(annals, id));
      surroundings.output.write(`revoked ${id}\n`);
    });
}
