import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { urlOf } from '../../helpers/store.ts';
import { type Program, run, type Server, startServer } from './process.ts';

/** The folder of this repository, whose `dist/` is served and run unless another build is named. */
export const HERE = join(import.meta.dirname, '../../..');

/** One address may ask as often as it can: the bench is one. */
const ENVIRONMENT = { LOG_LEVEL: 'silent', RATE_LIMIT: '0', WRITE_RATE_LIMIT: '0' };

/** Runs a command of Annals on a database, a path or a URL, as users do; `folder` holds the build. */
export const annals = (database: string, args: readonly string[], input?: Readable, folder = HERE) =>
  run(program(folder, database, args), input);

/** Serves a database, with settings of its own if any; it answers when this resolves. */
export const serveAnnals = (database: string, settings: Record<string, string> = {}, folder = HERE): Promise<Server> =>
  startServer((port) => program(folder, database, ['serve'], { ...settings, PORT: String(port) }), '/v1/events/event-0');

/** The header of a key that may write. */
export async function writeHeader(database: string, folder = HERE): Promise<Record<string, string>> {
  const { output } = await annals(database, ['keys', 'create', '--label', 'bench', '--scope', 'write'], undefined, folder);
  return { authorization: `Bearer ${output.trim()}`, 'content-type': 'application/json' };
}

function program(folder: string, database: string, args: readonly string[], more: Record<string, string> = {}): Program {
  return {
    command: process.execPath,
    args: [join(folder, 'dist/main.js'), ...args],
    environment: { ...ENVIRONMENT, ...more, HOST: '127.0.0.1', DATABASE_URL: urlOf(database) },
  };
}
