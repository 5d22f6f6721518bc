import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { startChromium, withoutChromium } from './chromium.ts';

describe.skipIf(withoutChromium('the reference in a browser'))('the reference', () => {
  const service = sharedApp({ READ_ACCESS: 'key' });
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    browser = await startChromium();
    origin = await service.app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => browser.close());

  test('sends requests with a typed key, and its content security policy allows them', async () => {
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
    });
    await page.goto(`${origin}/docs`);
    await page.locator('.authorize').first().click();
    await page.locator('.auth-container input').first().fill(service.readKey);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    await page.locator('[id="operations-tag-timeline"]').click();
    await page.locator('#operations-timeline-listTimeline .opblock-summary').click();
    await page.locator('.try-out__btn').click();
    await page.locator('.execute').click();
    expect(await page.locator('.live-responses-table .response .response-col_status').first().textContent()).toContain('200');
    expect(wrong).toEqual([]);
    await page.close();
  }, 90_000);
});
