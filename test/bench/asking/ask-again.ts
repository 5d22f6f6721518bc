import { readFileSync } from 'node:fs';
import { clientOf } from './client.ts';

/**
 * A process of its own: `ask-again.ts <address> <milliseconds> <file>` asks for the paths of the file, one after the other and again from
 * the start, until the time is over: an answer that is on its way then, such as an export, is not waited for. In another process, reading
 * large answers does not delay the client that measures.
 */
const [address, milliseconds, file] = process.argv.slice(2);
const paths = JSON.parse(readFileSync(file!, 'utf8')) as string[]; // @NOTE written by `askAgain`
const { ask } = clientOf(address!);
setTimeout(() => process.exit(), Number(milliseconds));
for (let asked = 0; ; asked += 1) {
  const { status } = await ask({ path: paths[asked % paths.length]! });
  if (status !== 200) throw new Error(`${paths[asked % paths.length]} answered ${status}`);
}
