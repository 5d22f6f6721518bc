import { askFor, clientOf, type Request } from './client.ts';
import { flood } from './flood.ts';
import { quantile } from '../measure/statistics.ts';

/** A server under load: each request that any client sends is made by `request`. */
export type Load = { address: string; request: () => Request; expected: number; clients: number; seconds: number };

/** From how many milliseconds an answer on, clients take turns: many at once would only wait, and most of a round would be cut off. */
const SLOW = 250;
const TURNS = 3;

/** How many requests per second a server answers, and the 99th percentile of its answers in milliseconds. Throws where one is not as expected. */
export async function throughput(load: Load): Promise<{ perSecond: number; p99: number }> {
  const client = clientOf(load.address);
  try {
    const { milliseconds } = await askFor(client.ask, load.request(), load.expected);
    const times = milliseconds < SLOW ? await flood(load, AbortSignal.timeout(load.seconds * 1000)) : [];
    if (times.length > 0) return rateOf(times, load.seconds);
    const turns: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) turns.push((await askFor(client.ask, load.request(), load.expected)).milliseconds);
    return rateOf(turns, turns.reduce((sum, time) => sum + time, 0) / 1000);
  } finally {
    client.close();
  }
}

const rateOf = (times: readonly number[], seconds: number) => ({ perSecond: times.length / seconds, p99: quantile(times, 0.99) });
