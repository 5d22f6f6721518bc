import { Command, InvalidArgumentError, Option } from 'commander';
import { durationOf, endOf } from '../domain/time/duration.ts';
import { instantOf } from '../domain/time/instant.ts';
import { type Scope, SCOPES } from '../domain/scope.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../records/api-keys.ts';
import { type Surroundings, withAnnals } from './surroundings.ts';

/** `annals keys`, with `create`, `rotate`, `list` and `revoke`. */
export function keysCommand(surroundings: Surroundings): Command {
  return new Command('keys')
    .description('Make, rotate, list and revoke API keys; writing over HTTP needs one with the scope "write".')
    .addCommand(create(surroundings))
    .addCommand(rotate(surroundings))
    .addCommand(list(surroundings))
    .addCommand(revoke(surroundings));
}

function create(surroundings: Surroundings): Command {
  return new Command('create')
    .description('Make a key and print its token, which is never shown again.')
    .requiredOption('--label <label>', 'who uses the key')
    .addOption(
      new Option('--scope <scope>', 'what it allows: "write" includes reading, "admin" both and what concerns the operator')
        .choices(SCOPES)
        .default('write'),
    )
    .addOption(expires(surroundings, 'never'))
    .action(async ({ expires: expiresAt, ...asked }: { label: string; scope: Scope; expires?: number }) => {
      const made = await withAnnals(surroundings, (annals) => createKey(annals, { ...asked, expiresAt }, surroundings.random));
      // The token alone goes to standard output, so that a script can take it.
      surroundings.output.write(`${made.token}\n`);
      surroundings.errors.write(`this is the key ${made.id}; keep its token, it is not shown again\n`);
    });
}

function rotate(surroundings: Surroundings): Command {
  return new Command('rotate')
    .description('Make a key in place of another, with its label and scope; both work for a while, then the old one expires.')
    .argument('<id>', 'the id that "list" shows')
    .addOption(
      new Option('--overlap <time>', 'how long the old key still works: 15m, 24h, 7d').argParser(parseDuration).default(DAY, '24h'),
    )
    .addOption(expires(surroundings, 'as the old one'))
    .action(async (id: string, { overlap, expires: expiresAt }: { overlap: number; expires?: number }) => {
      const made = await withAnnals(surroundings, (annals) => rotateKey(annals, id, { overlap, expiresAt }, surroundings.random));
      surroundings.output.write(`${made.token}\n`);
      surroundings.errors.write(
        `this is the key ${made.id}; keep its token, it is not shown again; ${id} works until ${instantOf(made.oldEndsAt)}\n`,
      );
    });
}

function list(surroundings: Surroundings): Command {
  return new Command('list')
    .description('List the keys, oldest first: id, scope, created, expires, last used, revoked, label.')
    .action(async () => {
      const keys = await withAnnals(surroundings, ({ engine }) => listKeys(engine));
      for (const { id, scope, createdAt, expiresAt, lastUsedAt, revokedAt, label } of keys) {
        const instants = [createdAt, expiresAt, lastUsedAt, revokedAt].map((at) => (at === undefined ? '-' : instantOf(at)));
        surroundings.output.write(`${[id, scope, ...instants, label].join('\t')}\n`);
      }
    });
}

function revoke(surroundings: Surroundings): Command {
  return new Command('revoke')
    .description('Make a key useless: every process that serves the database refuses it within a second.')
    .argument('<id>', 'the id that "list" shows')
    .action(async (id: string) => {
      await withAnnals(surroundings, (annals) => revokeKey(annals, id));
      surroundings.output.write(`revoked ${id}\n`);
    });
}

const DAY = 86_400_000;

function expires({ clock }: Surroundings, otherwise: string): Option {
  return new Option(
    '--expires <when>',
    `when it ends: after 30d, as the day 2027-01-01 begins in UTC, or at an instant (left out: ${otherwise})`,
  ).argParser((text) => {
    const end = endOf(text, clock());
    if (end === undefined) throw new InvalidArgumentError('Give a length of time such as 30d, a day such as 2027-01-01, or an instant.');
    return end;
  });
}

function parseDuration(text: string): number {
  const duration = durationOf(text);
  if (duration === undefined) throw new InvalidArgumentError('Give a whole number and s, m, h or d, such as 24h.');
  return duration;
}
