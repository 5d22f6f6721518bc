import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { sharedApp, type TestApp } from '../helpers/app.ts';
import { startChromium } from './chromium.ts';

/** A page in the browser, and everything that went wrong in it: errors, and what its content security policy refused. */
export type Opened = { page: Page; wrong: string[] };

/** The service with the seeds and a browser, for all tests of a file; `open` loads the timeline page at an address and waits for its moments. */
export function timelinePage(): { service: TestApp; open: (address: string, options?: BrowserContextOptions) => Promise<Opened> } {
  const service = sharedApp();
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    browser = await startChromium();
    await service.app.listen({ port: 0, host: '127.0.0.1' });
    origin = `http://127.0.0.1:${(service.app.server.address() as AddressInfo).port}`; // @NOTE a TCP server that listens
  });
  afterAll(() => browser.close());

  return {
    service,
    async open(address, options = {}) {
      const page = await browser.newPage(options);
      onTestFinished(() => page.close());
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
      });
      await page.goto(`${origin}${address}`);
      await page.waitForSelector('#moments:not([aria-busy])');
      return { page, wrong };
    },
  };
}
