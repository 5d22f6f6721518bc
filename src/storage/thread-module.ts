import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A module for a thread to run: its path, and the options of Node that it needs. */
export type ThreadModule = { path: string; execArgv: string[] };

/**
 * The module `name` (without its ending) beside the module whose `import.meta.url` is given, as built or, when that one is run from its
 * source, from the source: Node 20 reads TypeScript with the help of tsx only, which is found from the folder where the program runs.
 */
export function threadModule(name: string, beside: string): ThreadModule {
  const ending = extname(beside);
  return {
    path: fileURLToPath(new URL(`${name}${ending}`, beside)),
    execArgv: ending === '.ts' ? ['--import', 'tsx'] : process.execArgv,
  };
}
