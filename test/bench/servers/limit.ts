import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../asking/client.ts';
import type { Constant } from './constant.ts';
import { scratchFolder } from './folders.ts';
import { type Server, startServer } from './process.ts';

const SCRIPT = join(import.meta.dirname, 'constant.ts');

/** Headers that node writes itself, for each answer or connection. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** Serves what Annals answered, by path, out of memory: by the same Fastify, or by node alone. */
export function serveConstants(kind: 'fastify' | 'node', answers: Record<string, Answer>): Promise<Server> {
  const file = join(scratchFolder(), 'constants.json');
  const constants = Object.entries(answers).map(([path, { status, headers, body }]): Constant => {
    const own: Record<string, string> = status === 304 ? {} : { 'content-length': String(body.length) };
    const kept = Object.entries(headers).filter(([name]) => !OWN.has(name));
    return { path, status, headers: { ...Object.fromEntries(kept), ...own }, body: body.toString('base64') };
  });
  writeFileSync(file, JSON.stringify(constants));
  return startServer(
    (port) => ({ command: process.execPath, args: ['--import', 'tsx', SCRIPT, kind, String(port), file] }),
    constants[0]!.path,
  );
}
