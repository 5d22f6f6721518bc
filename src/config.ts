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

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]+$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

// `give` in the options below is the form of a value; it completes the sentence "give ..." where a value is refused.

/** A whole number in the given range and unit. */
function count(byDefault: number, [least, most]: readonly [number, number], description: string, unit?: 'bytes' | 'milliseconds') {
  const give = `a whole number ${unit ? `of ${unit} ` : ''}from ${least} to ${most}`;
  return wholeNumber(least, most).default(byDefault).meta({ description, give });
}

/** One of some words. */
function choice<const Word extends string>(words: readonly Word[], byDefault: NoInfer<Word>, description: string) {
  const give = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return z.enum(words).default(byDefault).meta({ description, give });
}

/** A text that passes a test. */
const text = (isValid: (text: string) => boolean, byDefault: string, description: string, give: string) =>
  z.string().refine(isValid).default(byDefault).meta({ description, give });

/** Ranges of several options: a time, a number of things at once, a rate per minute. */
const TIME = [100, 3_600_000] as const;
const AT_ONCE = [1, 1_000_000] as const;
const PER_MINUTE = [0, 1_000_000_000] as const;

/** Returns true for an address, a network such as `10.0.0.0/8`, or a name of networks that Fastify knows. */
function isNetwork(network: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(network)) return true;
  const [address = '', bits = '0', ...more] = network.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= longest;
}

/** Every option of the program, by the name of its environment variable. */
const Options = z.object({
  PORT: count(3000, [0, 65_535], 'The port to listen on; 0 takes any free one.'),
  HOST: text(
    (host) => /^[\w.:%-]+$/.test(host),
    '127.0.0.1',
    'The address to listen on; `0.0.0.0` listens on all.',
    'an address or host name, such as 127.0.0.1',
  ),
  DATABASE_URL: text(
    (url) => /^(?:file:[^?]+$|postgres(?:ql)?:\/\/)/.test(url),
    'file:data/annals.db',
    'The database: `file:` and a path, or `postgres://` with hosts and a database.',
    '"file:" and a path, such as file:data/annals.db, or "postgres://" with user, hosts and database, such as postgres://annals@localhost/annals',
  ),
  DATABASE_CONNECTIONS: count(
    4,
    [1, 256],
    'The number of connections to PostgreSQL that read; another one writes, and `READ_THREADS` more run large queries.',
  ),
  READ_ACCESS: choice(['open', 'key'], 'open', 'Read access: `open` for everybody, `key` for holders of an API key.'),
  REQUIRE_IF_MATCH: choice(['true', 'false'], 'false', 'Refuse changes and deletions without `If-Match`: `true` or `false`.'),
  LOG_LEVEL: choice(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'The least severe level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
  ),
  BODY_LIMIT: count(1_048_576, [1024, 1_073_741_824], 'The largest request body, in bytes.', 'bytes'),
  TRUST_PROXY: text(
    (proxies) => proxies === 'none' || proxies.split(',').every(isNetwork),
    'none',
    'The proxies whose `X-Forwarded-For` is believed: addresses and networks separated by commas, `loopback`, `linklocal`, `uniquelocal`, or `none`.',
    'none, or addresses and networks separated by commas, such as loopback,10.0.0.0/8',
  ),
  RATE_LIMIT: count(
    1_000_000,
    PER_MINUTE,
    'The limit of requests per minute of a key, or of an address without one; 0 is no limit. Lower it where others than you reach the service.',
  ),
  WRITE_RATE_LIMIT: count(600_000, PER_MINUTE, 'The limit of writing requests per minute, which are counted separately; 0 is no limit.'),
  REQUEST_TIMEOUT: count(60_000, TIME, 'The time in which a request must arrive, in milliseconds.', 'milliseconds'),
  STALL_TIMEOUT: count(
    30_000,
    TIME,
    'The time after which a client is cut off that neither sends nor reads when it is its turn, in milliseconds. The time in which the service works does not count.',
    'milliseconds',
  ),
  KEEP_ALIVE_TIMEOUT: count(
    72_000,
    TIME,
    'The time for which a connection is kept for the next request, in milliseconds; longer than a proxy in front keeps it.',
    'milliseconds',
  ),
  MAX_CONNECTIONS: count(
    10_000,
    AT_ONCE,
    'The limit of open connections; lower where the process may not open as many files, which the log says.',
  ),
  MAX_REQUESTS: count(1000, AT_ONCE, 'The limit of requests that are worked on at once.'),
  MAX_WAITING_WRITES: count(1000, AT_ONCE, 'The limit of writes that wait for the database.'),
  MAX_DELAY: count(
    1000,
    [0, 60_000],
    'The average delay of work within a second, in milliseconds, above which requests are refused; 0 never refuses.',
    'milliseconds',
  ),
  READ_THREADS: z
    .union([z.literal('auto'), wholeNumber(0, 64)])
    .default('auto')
    .meta({
      description:
        'The number of threads for large queries (of connections on PostgreSQL), so that other requests need not wait; `auto`: one fewer than there are cores, from 1 to 4; 0: none.',
      give: 'auto or a whole number from 0 to 64',
    }),
  READ_QUEUE: count(64, [0, 10_000], 'The limit of large queries that wait for such a thread; more are answered 503.'),
  QUERY_TIMEOUT: count(
    10_000,
    [1, 3_600_000],
    'The time after which a large query is ended and answered 503, in milliseconds.',
    'milliseconds',
  ),
  ANSWER_CACHE_BYTES: count(33_554_432, [0, 17_179_869_184], 'The size of the cache of answers, in bytes; 0: none.', 'bytes'),
  IMPORT_LIMIT: count(
    268_435_456,
    [1024, 17_179_869_184],
    'The largest body of an import, in bytes; imports that are received or wait may take four times as much in temporary files.',
    'bytes',
  ),
  IMPORT_WAIT: count(
    60_000,
    [0, 3_600_000],
    'The time for which a complete import waits for earlier ones, in milliseconds, before it is answered 503.',
    'milliseconds',
  ),
});

/** The value of every option. */
export type Config = z.infer<typeof Options>;

/** The name, description and default of every option, in the order of the manual's table. */
export const options: readonly { name: string; description: string; default: string }[] = Object.entries(Options.shape).map(
  ([name, option]) => ({ name, description: option.meta()?.description ?? '', default: String(option.def.defaultValue) }),
);

/** Reads the options from the environment; an empty variable counts as absent. Throws `invalid-request` that names each wrong variable. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.keys(Options.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const parsed = Options.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  const sentences = [...wrong].map((name) => `${name} is "${withoutPassword(environment[name]!)}": give ${adviceFor(name)}`);
  throw new AnnalsError(
    'invalid-request',
    sentences.join('; '),
    sentences.map((message) => ({ message })),
  );
}

/** A value as it is shown: a URL may hold a password, which may itself hold any of the characters that end one. */
const withoutPassword = (value: string): string => value.replace(/^(\w+:\/*)?([^:/@]*):.*@/s, '$1$2:***@');

function adviceFor(name: string): string {
  const [, option] = Object.entries(Options.shape).find(([known]) => known === name) ?? [];
  return String(option?.meta()?.['give']);
}
