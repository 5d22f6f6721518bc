import { Session } from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { BroadcastChannel, isMainThread, MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import Database from 'better-sqlite3';

/**
 * Precise coverage and a count of SQL statements for the thread that imports this module, and for every worker that it starts. Import it before
 * the code that is measured.
 */

/** The files below `src/` of which a function ran, and the number of SQL statements that ran. */
export type Executed = { files: string[]; statements: number };

const SOURCES = new URL('../../src/', import.meta.url).href;
const CHANNEL = 'annals-walks';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

let statements = 0;
const connection = new Database(':memory:');
// @NOTE the prototypes of better-sqlite3, whose methods are replaced by ones with the same arguments and results
countCalls(Object.getPrototypeOf(connection.prepare('SELECT 1')) as Methods, ['run', 'get', 'all', 'iterate']);
countCalls(Database.prototype as unknown as Methods, ['exec']);
connection.close();

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Counts the calls of methods. A pragma of better-sqlite3 is a statement as well, and counted as one. */
function countCalls(prototype: Methods, names: readonly string[]): void {
  for (const name of names) {
    const method = prototype[name]!;
    prototype[name] = function counted(this: unknown, ...args) {
      statements += 1;
      return method.apply(this, args);
    };
  }
}

/** Code that this thread executed since the last call. */
export function takeExecuted(): Executed {
  const files = new Set<string>();
  // The answer is there when `post` returns.
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    for (const { url, functions } of result) {
      if (!url.startsWith(SOURCES)) continue;
      // A module as a whole is a function without a name at the beginning of its file: to load it is no part of a walk.
      const called = functions.some(
        ({ functionName, ranges: [whole] }) => whole!.count > 0 && (functionName !== '' || whole!.startOffset > 0),
      );
      if (called) files.add(url.slice(SOURCES.length).replace(/\?.*/, ''));
    }
  });
  const executed = { files: [...files], statements };
  statements = 0;
  return executed;
}

/** Calls back with what workers have executed. It keeps nothing alive. */
export function onExecutedByWorkers(listener: (executed: Executed) => void): void {
  const channel = new BroadcastChannel(CHANNEL);
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the types of Node have no other
  channel.onmessage = (message) => listener((message as { data: Executed }).data); // @NOTE posted below
  channel.unref();
}

/** The module that a worker runs: it loads this one before its own. */
const ENTRY = new URL('./worker.cjs', import.meta.url);

/** The compiler of TypeScript, which tsx runs in a worker while the module that it compiles waits. */
const isCompiler = (file: string | URL): boolean => String(file).includes('/esbuild/');

class InstrumentedWorker extends Worker {
  constructor(file: string | URL, options: WorkerOptions = {}) {
    if (isCompiler(file)) super(file, options);
    else super(ENTRY, { ...options, argv: [String(file)] });
  }
}

workerThreads.Worker = InstrumentedWorker;
syncBuiltinESMExports();

if (!isMainThread) {
  // A worker may be ended as soon as it has answered, so it tells what it has executed before each message. The first says that it has started.
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  let hasStarted = false;
  let isTelling = false; // a channel posts by the same method
  const ports = MessagePort.prototype as unknown as Methods; // @NOTE its method is replaced by one with the same arguments
  const post = ports['postMessage']!;
  ports['postMessage'] = function posted(this: unknown, ...args) {
    if (!isTelling) {
      isTelling = true;
      const executed = takeExecuted();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window
      if (hasStarted) channel.postMessage(executed);
      hasStarted = true;
      isTelling = false;
    }
    return post.apply(this, args);
  };
}
