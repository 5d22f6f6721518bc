import { askFor, clientOf, type Request } from './client.ts';
import { flood, type Rate } from './wrk.ts';
import { quantile } from '../measure/statistics.ts';

/** A server under load: each request that any client sends is made by `request`. */
export type Load = { address: string; request: () => Request; expected: number; clients: number; seconds: number };

/** From how many milliseconds an answer on, clients take turns: many at once would only wait, and most of a round would be cut off. */
const SLOW = 250;
const TURNS = 3;

/** Numbers of requests prepared for each second of a load. Reads begin again after the last one; a second creation is refused. */
const MADE = { reads: 40_000, writes: 10_000 };

/** Responses per second of a server, and their 99th percentile in milliseconds. Throws when one is not as expected. */
export async function throughput({ address, request, expected, clients, seconds }: Load): Promise<Rate> {
  const client = clientOf(address);
  const askOnce = () => askFor(client.ask, request(), expected);
  try {
    const { milliseconds } = await askOnce();
    if (milliseconds >= SLOW) return await inTurns(askOnce);
    const first = request();
    const count = (first.method === undefined ? MADE.reads : MADE.writes) * seconds;
    const rate = await flood({ address, requests: [first, ...Array.from({ length: count }, request)], clients, seconds });
    // wrk tells errors from answers, and not one good status from another.
    await askOnce();
    return rate;
  } finally {
    client.close();
  }
}

async function inTurns(askOnce: () => Promise<{ milliseconds: number }>): Promise<Rate> {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) times.push((await askOnce()).milliseconds);
  return { perSecond: (1000 * TURNS) / times.reduce((sum, time) => sum + time, 0), p99: quantile(times, 0.99) };
}
