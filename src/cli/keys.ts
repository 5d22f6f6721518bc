import { Command, InvalidArgumentError, Option } from 'commander';
import { AnnalsError } from '../domain/errors.ts';
import { durationOf, endOf, instantOf } from '../domain/time/instant.ts';
import { type Scope, SCOPES } from '../domain/scope.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../records/keys/api-keys.ts';
import { type CommandContext, withAnnals } from './context.ts';

/** `annals keys`, with `create`, `rotate`, `list` and `revoke`. */
export function keysCommand(context: CommandContext): Command {
  return new Command('keys')
    .description('Make, rotate, list and revoke API keys; writing over HTTP needs one with the scope "write".')
    .addCommand(create(context))
    .addCommand(rotate(context))
    .addCommand(list(context))
    .addCommand(revoke(context));
}

function create(context: CommandContext): Command {
  return new Command('create')
    .description('Make a key and print its token, which is never shown again.')
    .requiredOption('--label <label>', 'who uses the key')
    .addOption(
      new Option('--scope <scope>', 'what it allows: "write" includes reading, "admin" both and administration')
        .choices(SCOPES)
        .default('write'),
    )
    .addOption(expires(context, 'never'))
    .action(async ({ expires: expiresAt, ...options }: { label: string; scope: Scope; expires?: number }) => {
      const made = await withAnnals(context, (annals) => createKey(annals, { ...options, expiresAt }, context.random));
      showToken(context, made);
    });
}

function rotate(context: CommandContext): Command {
  return new Command('rotate')
    .description('Replace a key with another of its label and scope; both work for a while, then the old one expires.')
    .argument('<id>', 'the id that "list" shows')
    .addOption(
      new Option('--overlap <time>', 'how long the old key still works: 15m, 24h, 7d').argParser(parseDuration).default(DAY, '24h'),
    )
    .addOption(expires(context, 'as the old one'))
    .action(async (id: string, { overlap, expires: expiresAt }: { overlap: number; expires?: number }) => {
      const made = await withAnnals(context, (annals) => rotateKey(annals, id, { overlap, expiresAt }, context.random));
      showToken(context, made, `; ${id} works until ${instantOf(made.oldEndsAt)}`);
    });
}

/** Writes the token to standard output, where a script can take it, and the rest to standard error. */
function showToken({ output, errors }: CommandContext, { id, token }: { id: string; token: string }, more = ''): void {
  output.write(`${token}\n`);
  errors.write(`made the key ${id}; keep its token, which is not shown again${more}\n`);
}

function list(context: CommandContext): Command {
  return new Command('list')
    .description('List the keys, oldest first: id, scope, created, expires, last used, revoked, label.')
    .action(async () => {
      const keys = await withAnnals(context, ({ engine }) => listKeys(engine));
      for (const { id, scope, createdAt, expiresAt, lastUsedAt, revokedAt, label } of keys) {
        const instants = [createdAt, expiresAt, lastUsedAt, revokedAt].map((at) => (at === undefined ? '-' : instantOf(at)));
        context.output.write(`${[id, scope, ...instants, label].join('\t')}\n`);
      }
    });
}

function revoke(context: CommandContext): Command {
  return new Command('revoke')
    .description('Revoke a key: every process that serves the database refuses it within a second.')
    .argument('<id>', 'the id that "list" shows')
    .action(async (id: string) => {
      await withAnnals(context, (annals) => revokeKey(annals, id));
      context.output.write(`revoked ${id}\n`);
    });
}

const DAY = 86_400_000;

function expires({ clock }: CommandContext, otherwise: string): Option {
  return new Option(
    '--expires <when>',
    `when it expires: after 30d, as the day 2027-01-01 begins in UTC, or at an instant (left out: ${otherwise})`,
  ).argParser((text) => {
    try {
      return endOf(text, clock());
    } catch (error) {
      if (!(error instanceof AnnalsError)) throw error;
      throw new InvalidArgumentError(`${error.message}; or a length of time such as 30d.`);
    }
  });
}

function parseDuration(text: string): number {
  const duration = durationOf(text);
  if (duration === undefined) throw new InvalidArgumentError('Give a whole number and s, m, h or d, such as 24h.');
  return duration;
}
