import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** The reason why system calls cannot be traced here, or nothing when they can. */
export function whyNoTrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']);
  if (error) return 'the command strace is not installed (Debian: apt-get install strace)';
  return status === 0 ? undefined : `strace may not trace here: ${String(stderr).trim()}`;
}

/** Writes to a file what a process, all its threads, asks the system for in the way of writing, while work is done. */
export async function traced(pid: number, file: string, work: () => Promise<void>): Promise<void> {
  const calls = 'trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg';
  const tracer = spawn('strace', ['-f', '-y', '-s', '32', '-e', calls, '-o', file, '-p', String(pid)]);
  onTestFinished(() => void tracer.kill('SIGKILL'));
  // It says that it is attached.
  await once(tracer.stderr, 'data');
  await work();
  tracer.kill('SIGINT');
  await once(tracer, 'exit');
}
