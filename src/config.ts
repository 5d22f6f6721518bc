import { z } from 'zod';
import { AnnalsError } from './domain/errors.ts';

/** An option: what it is for, and in `give` what a value looks like, as the sentence goes on when one is refused. */
const about = (description: string, give: string) => ({ description, give });

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]+$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** Every option of the program, by the name of its environment variable. */
const Options = z.object({
  PORT: wholeNumber(0, 65_535).default(3000).meta(about('The port to listen on; 0 takes any free one.', 'a whole number from 0 to 65535')),
  HOST: z
    .string()
    .regex(/^[\w.:%-]+$/)
    .default('127.0.0.1')
    .meta(about('The address to listen on; `0.0.0.0` listens on all.', 'an address or host name, such as 127.0.0.1')),
  DATABASE_URL: z
    .string()
    .regex(/^file:[^?]+$/)
    .default('file:data/annals.db')
    .meta(about('The database: `file:` and a path.', '"file:" and a path, such as file:data/annals.db')),
  READ_ACCESS: z
    .enum(['open', 'key'])
    .default('open')
    .meta(about('Who may read: `open`, everybody; `key`, whoever has an API key.', 'open or key')),
  REQUIRE_IF_MATCH: z
    .enum(['true', 'false'])
    .default('false')
    .meta(about('Whether changes and deletions without `If-Match` are refused: `true` or `false`.', 'true or false')),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta(
      about(
        'What the log holds: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
        'fatal, error, warn, info, debug, trace or silent',
      ),
    ),
  BODY_LIMIT: wholeNumber(1024, 1_073_741_824)
    .default(1_048_576)
    .meta(about('The largest request body, in bytes.', 'a whole number of bytes from 1024 to 1073741824')),
  IMPORT_LIMIT: wholeNumber(1024, 17_179_869_184)
    .default(268_435_456)
    .meta(about('The largest body of an import, in bytes.', 'a whole number of bytes from 1024 to 17179869184')),
});

/** The value of every option. */
export type Config = z.infer<typeof Options>;

/** Every option with what it is for and its default, in the order of the README's table. */
export const options: readonly { name: string; description: string; default: string }[] = Object.entries(Options.shape).map(
  ([name, option]) => ({ name, description: option.meta()?.description ?? '', default: String(option.def.defaultValue) }),
);

/** Reads the options out of the environment; an empty variable counts as absent. Throws `invalid-request` naming each variable that is wrong. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.keys(Options.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const parsed = Options.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  const sentences = [...wrong].map((name) => `${name} is "${environment[name]}": give ${adviceFor(name)}`);
  throw new AnnalsError(
    'invalid-request',
    sentences.join('; '),
    sentences.map((message) => ({ message })),
  );
}

function adviceFor(name: string): string {
  const [, option] = Object.entries(Options.shape).find(([known]) => known === name) ?? [];
  return String(option?.meta()?.['give']);
}
