import { expect, test } from 'vitest';
import { sharedApp } from '../../helpers/app.ts';

const service = sharedApp();

const idsOf = async (status: string): Promise<string[]> => {
  const { body } = await service.ask({ url: `/v1/events?topic=statuses&status=${status}` });
  return body.items.map(({ id }: { id: string }) => id.replace('of-status-', ''));
};

test('entries are found by every status, and one that states none has occurred', async () => {
  const statuses = [undefined, 'occurred', 'ongoing', 'planned', 'cancelled', 'claimed', 'disputed'];
  for (const status of statuses) {
    const body = { id: `of-status-${status}`, kind: 'visit', title: 'A visit of some status', topics: ['statuses'], status };
    const created = await service.ask({ method: 'POST', url: '/v1/events', body });
    expect([created.status, created.body.status]).toEqual([201, status ?? 'occurred']);
  }
  expect(await idsOf('occurred')).toEqual(['undefined', 'occurred']);
  expect(await idsOf('ongoing')).toEqual(['ongoing']);
  expect(await idsOf('cancelled,ongoing,planned')).toEqual(['ongoing', 'planned', 'cancelled']);
});
