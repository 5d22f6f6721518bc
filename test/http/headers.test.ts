import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();

/** Headers of the answer itself, of Node, and of the policies that the service sets by itself. */
const OWN = /^(?:content-(?:type|length|security-policy)|date|connection|cache-control|x-request-id|access-control-.*)$/;

const withoutOwn = (headers: Record<string, unknown>) => Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.test(name)));

test('every answer has the headers of Helmet, with other origins let in and TLS left to a proxy', async () => {
  const oracle = Fastify();
  await oracle.register(helmet, {
    contentSecurityPolicy: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' },
    strictTransportSecurity: false,
  });
  oracle.get('/', async () => 'ok');
  const expected = withoutOwn((await oracle.inject('/')).headers);
  await oracle.close();
  expect(Object.keys(expected).length).toBeGreaterThan(8);
  expect(withoutOwn((await service.ask({ url: '/healthz' })).headers)).toEqual(expected);
});
