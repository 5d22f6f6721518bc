import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../helpers/free-port.ts';

/** A server of PostgreSQL: its version, its process, the folder of its files, the URL of a database by its name, for a role that may make databases and nothing else, and its end. */
export type PostgresServer = {
  version: string;
  pid: number;
  folder: string;
  urlOf: (database: string) => string;
  /** Ends the server and keeps its files, from which `startAgain` starts it on the same port. */
  shutDown: () => Promise<void>;
  startAgain: () => Promise<void>;
  stop: () => Promise<void>;
};

/** The folder of Debian's packages, with a folder for each version. */
const DEBIAN = '/usr/lib/postgresql';

/** The role of the tests. */
const ROLE = 'annals';

/** The user that the server runs as where this program runs as root, which PostgreSQL refuses. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** The time that the server has to start, in milliseconds. */
const PATIENCE = 30_000;

const running = new Set<() => void>();
// Whatever ends this program, the server ends with it.
process.on('exit', () => running.forEach((end) => end()));

/** Settings that differ from those of a new server: several files of tests hold connections of several services at once. */
const SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '300', log_min_messages: 'fatal' };

/** A folder in memory, where a sync takes no time, and the bytes that must be free in it for several servers at once. */
const MEMORY = { folder: '/dev/shm', bytes: 4 * 2 ** 30 };

/** The folder in memory where there is room, else that of temporary files. A server without fsync would be faster, too, but Annals refuses it. */
function fastFolder(): string {
  if (!existsSync(MEMORY.folder)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY.folder);
  return bavail * bsize < MEMORY.bytes ? tmpdir() : MEMORY.folder;
}

/** Starts a server with the settings of a new one in a new folder under `parent`, on a free port. Throws where PostgreSQL is not installed. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}, parent = fastFolder()): Promise<PostgresServer> {
  const programs = folderOfPrograms();
  const folder = mkdtempSync(join(parent, 'annals-postgres-'));
  // A server that is ended writes for a moment yet.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  running.add(remove);
  const files = join(folder, 'data');
  const password = randomBytes(18).toString('hex');
  makeCluster(programs, folder, files, password);
  const port = await freePort();
  const options = Object.entries({ ...SETTINGS, ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = () => spawn(join(programs, 'postgres'), ['-D', files, ...options], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  let child = launch();
  const kill = () => {
    child.kill('SIGQUIT');
    remove();
  };
  running.delete(remove);
  running.add(kill);
  const urlFor = (role: string, database: string) => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const version = await makeRole(urlFor('postgres', 'postgres'), password, child);
  async function shutDown(): Promise<void> {
    const ended = once(child, 'close');
    child.kill('SIGINT');
    await ended;
  }
  return {
    version,
    get pid() {
      return child.pid!;
    },
    folder: files,
    urlOf: (database) => urlFor(ROLE, database),
    shutDown,
    async startAgain() {
      child = launch();
      const client = await connected(urlFor(ROLE, 'postgres'), child);
      await client.end();
    },
    async stop() {
      await shutDown();
      running.delete(kill);
      remove();
    },
  };
}

function folderOfPrograms(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one)) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
  if (found !== undefined) return found;
  const { stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  if (stdout) return stdout.trim();
  throw new Error('PostgreSQL is not installed: apt-get install postgresql');
}

/** Makes the files of a server, whose default order of texts is a language's: where Annals needs that of bytes, it has to say so. */
function makeCluster(programs: string, folder: string, files: string, password: string): void {
  const secret = join(folder, 'password');
  writeFileSync(secret, password, { mode: 0o600 });
  mkdirSync(files);
  if (isRoot) for (const path of [folder, secret, files]) chownSync(path, NOBODY, NOBODY);
  const order = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en'];
  const options = ['-D', files, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${secret}`, ...order];
  const { status, stderr } = spawnSync(join(programs, 'initdb'), options, { ...user, encoding: 'utf8' });
  rmSync(secret);
  if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr.trim()}`);
}

/** Makes the role when the server answers, and returns the version of the server. */
async function makeRole(url: string, password: string, child: ChildProcess): Promise<string> {
  const client = await connected(url, child);
  await client.query(`CREATE ROLE ${ROLE} LOGIN CREATEDB PASSWORD '${password}'`);
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]!.server_version;
}

/** Connects to a server that is being started, when it answers. */
async function connected(url: string, child: ChildProcess): Promise<pg.Client> {
  const said = collect(child);
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}: ${said()}`);
    const client = new pg.Client(url);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`PostgreSQL did not start within ${PATIENCE / 1000} s: ${said()}`, { cause: error });
      await setTimeout(100);
    }
  }
}

/** The last words of a program. */
function collect(child: ChildProcess): () => string {
  let said = '';
  child.stderr!.on('data', (part) => (said = (said + String(part)).slice(-500)));
  return () => said.trim();
}
