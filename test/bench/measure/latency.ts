import { ANNALS } from '../report/evidence.ts';
import { QUESTIONS, type Question, type Situation } from '../questions/questions.ts';
import { say } from '../report/progress.ts';
import type { Server } from '../servers/process.ts';
import { warm } from '../servers/warm.ts';
import { processorTimeOfAll } from '../worst/processor.ts';
import { randomFrom } from '../world/random.ts';
import { askFor, clientOf } from '../asking/client.ts';
import { type Figures, PROCESSOR } from './figures.ts';
import { median, quantile } from './statistics.ts';

/** A build of Annals, `Annals` unless it is named, serving that many events; `processor` asks for its processor time too. */
export type Serving = { events: number; server: Server; of?: string; processor?: true };

/** Limits of a measurement: `rounds`, and `asks` of each question in a round, for at most `most` milliseconds. */
export type Effort = { rounds: number; asks: number; most: number };

/** Every round puts the same questions to every size in turn, so that what else the machine does meets all alike. */
export async function measureLatencies(servings: readonly Serving[], { rounds, asks, most }: Effort, figures: Figures): Promise<void> {
  const visits = QUESTIONS.flatMap((question) => servings.map((serving) => visitOf(question, serving)));
  const samples = new Map(visits.map((visit) => [visit, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'latency: warming up' : `latency: round ${round} of ${rounds}`);
    for (const { server } of servings) await warm(server.pid);
    // In turn, so that none is always asked after the same other.
    for (const visit of round % 2 === 1 ? visits : visits.toReversed()) {
      const { subject } = visit;
      if (figures.hasFailed(subject)) continue;
      await figures.attempt(subject, async () => {
        const before = visit.processor();
        const times = await visit.ask(round === 0 ? Math.ceil(asks / 5) : asks, most);
        if (round === 0) return;
        if (before !== undefined) figures.add({ ...subject, what: subject.what + PROCESSOR }, (visit.processor()! - before) / times.length);
        const all = samples.get(visit)!;
        all.push(...times);
        figures.add(subject, median(times));
      });
    }
  }
  // The 99th percentile of a round of a few dozen would be its slowest request: it is taken over all rounds.
  for (const [{ subject, close }, times] of samples) {
    if (!figures.hasFailed(subject)) figures.setP99(subject, quantile(times, 0.99));
    close();
  }
}

function visitOf(question: Question, { events, server, of = ANNALS, processor }: Serving) {
  const client = clientOf(server.address);
  const situation: Situation = { random: randomFrom(events), events, next: undefined };
  const askOnce = async () => {
    const answer = await askFor(client.ask, { path: question.path(situation) });
    situation.next = /<([^>]+)>/.exec(answer.headers['link'] ?? '')?.[1];
    return answer.milliseconds;
  };
  let isAtStart = true;
  return {
    subject: { what: question.name, of, events, unit: 'ms' as const },
    /** Asks `times` times or for `most` milliseconds, and returns the duration of each. */
    async ask(times: number, most: number): Promise<number[]> {
      if (isAtStart) for (let page = 0; page < (question.walk?.(events) ?? 0); page += 1) await askOnce();
      isAtStart = false;
      const started = performance.now();
      const taken: number[] = [];
      while (taken.length < times && (taken.length === 0 || performance.now() - started < most)) taken.push(await askOnce());
      return taken;
    },
    processor: () => (processor ? processorTimeOfAll(server.pid) : undefined),
    close: client.close,
  };
}
