import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { start } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { timeOfGoodRequest } from '../helpers/socket.ts';

/** Number of connections, and of file descriptors for everything else. */
const WANTED = 10_000;
const SPARE = 600;

/** Opens connections in a process of its own, says how many it has, and keeps them. */
const CLIENT = `
  const { connect } = require('node:net');
  const [port, wanted] = process.argv.slice(1).map(Number);
  let open = 0, failed = 0, begun = 0;
  const next = () => {
    if (begun >= wanted) return;
    begun += 1;
    const socket = connect(port, '127.0.0.1', () => { open += 1; told(); next(); });
    socket.on('error', () => { failed += 1; told(); next(); });
    socket.resume();
  };
  const told = () => { if (open + failed === wanted) console.log(open); };
  for (let each = 0; each < 100; each += 1) next();
`;

test('ten thousand idle connections cost little memory, and do not slow others', { timeout: 60_000 }, async () => {
  const allowed = Number(execFileSync('sh', ['-c', 'ulimit -n']).toString()) || Number.POSITIVE_INFINITY;
  const wanted = Math.min(WANTED, allowed - SPARE);
  const path = join(temporaryFolder(), 'annals.db');
  const service = start(['serve', '--seed'], { environment: { DATABASE_URL: `file:${path}`, PORT: '0', MAX_CONNECTIONS: '20000' } });
  const [, port] = await printed(service, /127\.0\.0\.1:(\d+)/);
  await timeOfGoodRequest(Number(port));
  const before = residentKilobytes(service.pid!);
  const clients = spawn(process.execPath, ['-e', CLIENT, port!, String(wanted)]);
  onTestFinished(() => void clients.kill('SIGKILL'));
  const [open] = await printed(clients, /^\d+/);
  const during = await timeOfGoodRequest(Number(port));
  const grown = residentKilobytes(service.pid!) - before;
  console.log(`${open} idle connections: ${(grown / Number(open)).toFixed(1)} KiB each, a good request in ${during.toFixed(0)} ms`);
  expect(Number(open)).toBe(wanted);
  expect(during).toBeLessThan(2000);
  expect(grown / wanted).toBeLessThan(40);
});

/** Waits until a process prints what is looked for. */
function printed(child: ReturnType<typeof spawn>, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += String(chunk);
      const found = pattern.exec(text);
      if (found) resolve(found);
    });
    child.on('exit', (code) => reject(new Error(`ended with ${code} after: ${text}`)));
  });
}

const residentKilobytes = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString());
