import { AnnalsError } from '../../domain/errors.ts';
import { nearest } from '../../domain/text/nearest.ts';

/** A database of PostgreSQL: the servers that may be its primary, the role, the database, and the schema that holds the tables. */
export type Address = {
  servers: readonly { host: string; port: number }[];
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  schema: string;
  /** `disable`: never encrypted; `require`: encrypted, whatever the certificate; `verify-full`: encrypted, and the certificate names the host. */
  sslmode: 'disable' | 'require' | 'verify-full';
};

const PORT = 5432;
const SCHEMA = 'annals';
const SSL_MODES = ['disable', 'require', 'verify-full'] as const;
const PARAMETERS = ['schema', 'sslmode'];
const FORM = 'postgres://user:password@host:5432/database, with several hosts as host1,host2,host3';

const PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^/?]*)(?:\/(?<database>[^?/]*))?(?:\?(?<query>.*))?$/;

/** Parses a URL. Throws `invalid-request`, which never shows the password, for any other. */
export function parseAddress(url: string): Address {
  const parts = PARTS.exec(url)?.groups;
  if (!parts) throw refused(`cannot be read: give ${FORM}`);
  const { hosts, ...rest } = parts;
  // Part of a password may stand where a host should.
  if ([hosts, rest['database'], rest['query']].some((part) => part?.includes('@'))) throw refused(UNENCODED);
  const parameters = new URLSearchParams(rest['query'] ?? '');
  refuseUnknown([...parameters.keys()]);
  const sslmode = parameters.get('sslmode') ?? 'disable';
  if (!isSslMode(sslmode)) throw refused(`has sslmode=${sslmode}: give ${SSL_MODES.join(', ')}`);
  const schema = parameters.get('schema') ?? SCHEMA;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw refused(`has schema=${schema}: give lower-case letters, digits and _`);
  return {
    servers: (hosts === '' ? 'localhost' : hosts!).split(',').map(serverOf),
    user: decoded(rest['user']),
    password: decoded(rest['password']),
    database: decoded(rest['database']),
    schema,
    sslmode,
  };
}

const UNENCODED = 'has an @ before or after that of the host: in a name or password, write @ as %40, : as %3A, / as %2F and ? as %3F';

function refuseUnknown(names: readonly string[]): void {
  const unknown = names.find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    const [meant] = nearest(unknown, PARAMETERS);
    throw refused(`has the unknown parameter "${unknown}": ${meant ? `did you mean ${meant}?` : `give ${PARAMETERS.join(' or ')}`}`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refused(`has the parameter "${twice}" twice: give it once`);
}

const isSslMode = (text: string): text is Address['sslmode'] => (SSL_MODES as readonly string[]).includes(text);

function serverOf(text: string): { host: string; port: number } {
  const [, host, after = ''] = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(.*)$/.exec(text) ?? [];
  if (host === undefined) throw refused(`lacks the name or address of a host: give ${FORM}`);
  // What follows is not shown: it may be a password of which the host was forgotten.
  const [, port] = /^(?::(\d{1,5}))?$/.exec(after) ?? [undefined, '0'];
  if (Number(port ?? PORT) < 1 || Number(port ?? PORT) > 65_535)
    throw refused(`has something else than a port from 1 to 65535 after the host "${host}": give ${FORM}`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port ?? PORT) };
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('has a % that is no percent-encoding: write a % in a name or password as %25');
  }
}

const refused = (fault: string): AnnalsError => new AnnalsError('invalid-request', `DATABASE_URL ${fault}`);

/** The name of a database in messages, without the password. */
export const nameOf = ({ servers, database, schema, user }: Address): string =>
  `postgres://${user === undefined ? '' : `${user}@`}${servers.map(({ host, port }) => `${host}:${port}`).join(',')}/${database ?? ''}?schema=${schema}`;

/** The URL of another schema of the same database. */
export function withSchema(url: string, schema: string): string {
  const [base, query] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('schema', schema);
  return `${base}?${parameters.toString()}`;
}
