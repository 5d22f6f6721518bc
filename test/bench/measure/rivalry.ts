import { say } from '../report/progress.ts';
import type { Request } from '../asking/client.ts';
import type { Figures, Subject } from './figures.ts';
import { throughput } from '../asking/throughput.ts';

/** One server asked one kind of thing, to be compared with others asked the same. */
export type Contest = {
  what: string;
  of: string;
  events: number;
  address: string;
  request: () => Request;
  /** The status of a good answer; 200 unless given. */
  expected?: number;
  /** How many clients ask at once; 32 unless given. */
  clients?: number;
};

/** Loads every server in turn, round after round, so that what else the machine does meets all alike. */
export async function measureRivalry(
  contests: readonly Contest[],
  effort: { rounds: number; seconds: number },
  figures: Figures,
): Promise<void> {
  for (let round = 1; round <= effort.rounds; round += 1) {
    say(`throughput: round ${round} of ${effort.rounds}`);
    for (const { what, of, events, address, request, expected = 200, clients = 32 } of contests) {
      const subject: Subject = { what, of, events, unit: 'requests/s' };
      if (figures.hasFailed(subject)) continue;
      await figures.attempt(subject, async () => {
        const { perSecond, p99 } = await throughput({ address, request, expected, clients, seconds: effort.seconds });
        figures.add(subject, perSecond, p99);
      });
    }
  }
}
