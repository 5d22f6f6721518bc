import { readFileSync } from 'node:fs';

/**
 * The processor time that the main thread of a process has taken, in milliseconds: what it takes for one request, all others wait. Only Linux
 * says it (`/proc/<pid>/task/<tid>/schedstat`, in nanoseconds). Throws elsewhere.
 */
export function processorTimeOf(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}
