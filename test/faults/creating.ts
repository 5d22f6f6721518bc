import type { Answer, Ask } from './ask.ts';

/** The ids of events that were acknowledged, and the first answer to a create that acknowledged none; nothing when no answer came. */
export type Created = { acknowledged: string[]; last: Answer | undefined };

/** Creates events one after the other, with ids that begin with a name, until one is not acknowledged, or until the signal is aborted. */
export async function createEvents(ask: Ask, name: string, signal?: AbortSignal): Promise<Created> {
  const acknowledged: string[] = [];
  for (let next = 0; ; next += 1) {
    const id = `${name}-${next}`;
    const answer = await ask({ method: 'POST', path: '/v1/events', body: JSON.stringify({ id, kind: 'visit', title: id }) });
    if (answer?.status !== 201) return { acknowledged, last: answer };
    acknowledged.push(id);
    if (signal?.aborted) return { acknowledged, last: answer };
  }
}
