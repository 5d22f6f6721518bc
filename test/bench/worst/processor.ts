import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processor time that the main thread of a process has taken, in milliseconds: what it takes for one request, all others wait. Only Linux
 * says it (`/proc/<pid>/task/<tid>/schedstat`, in nanoseconds). Throws elsewhere.
 */
export function processorTimeOf(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

/** The processor time that all threads of a process have taken that run now, in milliseconds; a thread that ends takes its time with it. */
export function processorTimeOfAll(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
}
