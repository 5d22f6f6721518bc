import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type ProcessEnded, ended, start } from './processes.ts';
import { urlOf } from './store.ts';

/** A running `annals serve`: where it serves, what it has printed until then, and how it will end. */
export type Server = { child: ChildProcessWithoutNullStreams; end: Promise<ProcessEnded>; printed: string; address: string };

/** Starts `annals serve` on a free port, never too late to answer, unless the environment says otherwise, and waits until it serves; `main` starts another release; it is killed when the test is over. */
export async function serve(
  path: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
  main?: string,
): Promise<Server> {
  const child = start(['serve', ...args], {
    environment: { DATABASE_URL: urlOf(path), PORT: '0', MAX_DELAY: '0', ...environment },
    ...(main === undefined ? {} : { main }),
  });
  const end = ended(child);
  const printed = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('curl')) resolve(text);
    });
    void end.then(({ code, errors }) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  const [address] = /http:\/\/[\w.]+:\d+/.exec(printed)!;
  return { child, end, printed, address };
}
