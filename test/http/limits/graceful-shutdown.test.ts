import { EventEmitter, once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { seededApp } from '../../helpers/app.ts';

test('an export whose first page is read while the service closes is refused, and the service ends', async () => {
  const { app, annals, close } = await seededApp();
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const read = annals.engine.read.bind(annals.engine);
  const gate = new EventEmitter();
  const reading = vi.spyOn(annals.engine, 'read').mockImplementationOnce(async (statements) => {
    await once(gate, 'open');
    return read(statements);
  });
  const answer = fetch(`${address}/v1/export`);
  await expect.poll(() => reading.mock.calls.length).toBe(1);
  const closed = close();
  await expect.poll(() => app.server.listening).toBe(false);
  gate.emit('open');
  expect((await answer).status).toBe(503);
  await closed;
});
