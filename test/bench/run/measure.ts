import { measureBlocking } from '../measure/blocking.ts';
import { COSTS, measureExport, measureStart, noteBuild, noteMemory } from '../measure/costs.ts';
import type { Figures } from '../measure/figures.ts';
import { measureLatencies, type Serving } from '../measure/latency.ts';
import { QUESTIONS } from '../questions/questions.ts';
import { ANNALS, evidenceOf } from '../report/evidence.ts';
import { serveAnnals } from '../servers/annals.ts';
import { builtWorld, type World } from '../world/build.ts';
import { compare } from './compare.ts';
import type { Plan } from './plan.ts';

/** Measures everything that a plan names. What fails is noted with its reason, and the rest goes on. */
export async function measure(plan: Plan, { fresh }: { fresh: boolean }, figures: Figures): Promise<void> {
  const worlds: World[] = [];
  const servings: Serving[] = [];
  for (const events of plan.sizes)
    await figures.attempt({ what: COSTS.build, of: ANNALS, events, unit: 'events/s' }, async () => {
      const world = await builtWorld(events, { fresh });
      noteBuild(world, figures);
      await measureStart(world, plan.rounds, figures);
      servings.push({ events, server: await serveAnnals(world.path) });
      worlds.push(world);
    });
  const last = servings.at(-1);
  if (!last) return;
  await measureLatencies(servings, plan.latency, figures);
  for (const serving of servings) noteMemory(serving, figures);

  for (const serving of servings) await measureExport(serving, figures);
  await measureBlocking(last, slowestQuestion(figures, last.events), plan.load, figures);
  await compare(plan, servings, worlds, figures);
  await Promise.all(servings.map(({ server }) => server.stop()));
}

function slowestQuestion(figures: Figures, events: number) {
  const { find, value } = evidenceOf(figures.all());
  const time = (name: string) => {
    const figure = find(name, ANNALS, events);
    return figure !== undefined && 'rounds' in figure ? value(name, ANNALS, events) : 0;
  };
  return QUESTIONS.toSorted((a, b) => time(b.name) - time(a.name))[0]!;
}
