import { readFileSync } from 'node:fs';

/** The least number of files that a process of this program must be allowed to open: its modules are read some two hundred at a time. */
export const OPEN_FILES_MIN = 512;

/** The number of files, connections included, that this process may have open at once (RLIMIT_NOFILE); Infinity where the system has no limit. */
export function openFilesLimit(): number {
  const limit = limitFromProc() ?? limitFromReport();
  return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

/** The limit on Linux. */
function limitFromProc(): string | undefined {
  try {
    return /^Max open files +(\w+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** The limit on other systems. */
function limitFromReport(): string | number | undefined {
  // @NOTE the shape that Node documents
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: string | number } } };
  return userLimits?.open_files?.soft;
}
