import { say } from '../report/progress.ts';
import type { Request } from '../asking/client.ts';
import { type Figures, PROCESSOR, type Subject } from './figures.ts';
import { throughput } from '../asking/throughput.ts';
import type { Server } from '../servers/process.ts';
import { processorTimeOfAll } from '../worst/processor.ts';
import { warm } from '../servers/warm.ts';

/** One server asked one kind of thing, to be compared with others asked the same. */
export type Contest = {
  what: string;
  of: string;
  events: number;
  server: Server;
  request: () => Request;
  /** The status of a good answer; 200 unless given. */
  expected?: number;
  /** Number of concurrent clients; 32 unless given. */
  clients?: number;
  /** Set when its processor time is measured as well. */
  processor?: true;
};

/** Loads every server in turn, round after round, so that what else the machine does meets all alike. */
export async function measureRivalry(
  contests: readonly Contest[],
  effort: { rounds: number; seconds: number },
  figures: Figures,
): Promise<void> {
  for (let round = 1; round <= effort.rounds; round += 1) {
    say(`throughput: round ${round} of ${effort.rounds}`);
    let last: Server | undefined;
    for (const { what, of, events, server, request, expected = 200, clients = 32, processor } of contests) {
      const subject: Subject = { what, of, events, unit: 'requests/s' };
      if (figures.hasFailed(subject)) continue;
      if (server !== last) await warm(server.pid);
      last = server;
      await figures.attempt(subject, async () => {
        const before = processor && processorTimeOfAll(server.pid);
        const { perSecond, p99 } = await throughput({ address: server.address, request, expected, clients, seconds: effort.seconds });
        figures.add(subject, perSecond, p99);
        if (before === undefined) return;
        const each = (processorTimeOfAll(server.pid) - before) / (perSecond * effort.seconds);
        figures.add({ ...subject, what: what + PROCESSOR, unit: 'ms' }, each);
      });
    }
  }
}
