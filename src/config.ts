import { isIP } from 'node:net';
import { z } from 'zod';
import { AnnalsError } from './domain/errors.ts';

/** The longest address with its query, in bytes; RFC 9110 (section 4.1) asks for at least 8,000. No option sets this limit and the next two. */
export const ADDRESS_MAX = 8192;

/** The limit of address and headers together, in bytes. */
export const HEADER_BYTES_MAX = 16_384;

/** The limit of the number of headers. Programs send about ten. */
export const HEADERS_MAX = 100;

/** The most reader threads that `READ_THREADS=auto` starts. */
export const READ_THREADS_AUTO_MAX = 4;

/** The description of an option, and the form of its values, which completes the sentence "give ..." where one is refused. */
const about = (description: string, give: string) => ({ description, give });

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]+$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** A whole number with its default; `of` is the unit that it counts, where it has one. */
function count(byDefault: number, [least, most]: readonly [number, number], description: string, of?: 'bytes' | 'milliseconds') {
  const give = `a whole number ${of ? `of ${of} ` : ''}from ${least} to ${most}`;
  return wholeNumber(least, most).default(byDefault).meta(about(description, give));
}

/** The bounds of what is called several times: a time, how much there is at once, how much is taken in a minute. */
const TIME = [100, 3_600_000] as const;
const AT_ONCE = [1, 1_000_000] as const;
const PER_MINUTE = [0, 1_000_000_000] as const;

/** An address, a network such as `10.0.0.0/8`, or one of the names that Fastify knows networks by. */
function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits = '0', ...more] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= longest;
}

/** Every option of the program, by the name of its environment variable. */
const Options = z.object({
  PORT: count(3000, [0, 65_535], 'The port to listen on; 0 takes any free one.'),
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
  BODY_LIMIT: count(1_048_576, [1024, 1_073_741_824], 'The largest request body, in bytes.', 'bytes'),
  TRUST_PROXY: z
    .string()
    .refine((text) => text === 'none' || text.split(',').every(isNetwork))
    .default('none')
    .meta(
      about(
        'The proxies whose `X-Forwarded-For` is believed: addresses and networks separated by commas, `loopback`, `linklocal`, `uniquelocal`, or `none`.',
        'none, or addresses and networks separated by commas, such as loopback,10.0.0.0/8',
      ),
    ),
  RATE_LIMIT: count(
    1_000_000,
    PER_MINUTE,
    'How many requests a key, or an address without one, may make in a minute; 0 is no limit. Lower it where others than you reach the service.',
  ),
  WRITE_RATE_LIMIT: count(600_000, PER_MINUTE, 'The same for requests that write, which are counted apart.'),
  REQUEST_TIMEOUT: count(60_000, TIME, 'How long a request may take to arrive, in milliseconds.', 'milliseconds'),
  STALL_TIMEOUT: count(
    30_000,
    TIME,
    'How long nothing may move on a connection while its client is to send or to take something, in milliseconds, before it is cut off. The time that the service works does not count.',
    'milliseconds',
  ),
  KEEP_ALIVE_TIMEOUT: count(
    72_000,
    TIME,
    'How long a connection is kept for the next request, in milliseconds; longer than a proxy in front keeps it.',
    'milliseconds',
  ),
  MAX_CONNECTIONS: count(
    10_000,
    AT_ONCE,
    'How many connections are open at once; fewer where the process may not open as many files, which the log says.',
  ),
  MAX_REQUESTS: count(1000, AT_ONCE, 'How many requests are worked on at once.'),
  MAX_WAITING_WRITES: count(1000, AT_ONCE, 'How many writes wait for the database at once.'),
  MAX_DELAY: count(
    1000,
    [0, 60_000],
    'By how many milliseconds the work of a second may be late on average before requests are refused; 0 never refuses.',
    'milliseconds',
  ),
  READ_THREADS: z
    .union([z.literal('auto'), wholeNumber(0, 64)])
    .default('auto')
    .meta(
      about(
        'On how many threads large queries are read, so that others need not wait; `auto`: one fewer than there are cores, from 1 to 4; 0: none.',
        'auto or a whole number from 0 to 64',
      ),
    ),
  READ_QUEUE: count(64, [0, 10_000], 'How many large queries may wait for such a thread; more are answered 503.'),
  QUERY_TIMEOUT: count(
    10_000,
    [1, 3_600_000],
    'How long a large query may take, in milliseconds, before it is answered 503.',
    'milliseconds',
  ),
  ANSWER_CACHE_BYTES: count(
    33_554_432,
    [0, 17_179_869_184],
    'How many bytes of answers are kept to be given again while nothing changes; 0: none.',
    'bytes',
  ),
  IMPORT_LIMIT: count(
    268_435_456,
    [1024, 17_179_869_184],
    'The largest body of an import, in bytes; those that are received or wait may take four times as much in temporary files.',
    'bytes',
  ),
  IMPORT_WAIT: count(
    60_000,
    [0, 3_600_000],
    'How long a complete import waits for those before it, in milliseconds, before it is answered 503.',
    'milliseconds',
  ),
});

/** The value of every option. */
export type Config = z.infer<typeof Options>;

/** Every option with what it is for and its default, in the order of the table in the manual. */
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
