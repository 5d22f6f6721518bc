import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { startChromium, withoutChromium } from './chromium.ts';

const titles = (page: Page) => page.locator('#dated .title').allTextContents();

describe.skipIf(withoutChromium('the timeline page'))('the timeline page', () => {
  const service = sharedApp();
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    browser = await startChromium();
    await service.app.listen({ port: 0, host: '127.0.0.1' });
    origin = `http://127.0.0.1:${(service.app.server.address() as AddressInfo).port}`; // @NOTE a TCP server that listens
  });
  afterAll(() => browser.close());

  /** The page at an address, and everything that went wrong in it: errors, and what its content security policy refused. */
  async function open(address: string, options = {}): Promise<{ page: Page; wrong: string[] }> {
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
  }

  test('shows the moments of a window with their dates as stated, and nothing goes wrong', async () => {
    const { page, wrong } = await open('/?from=1988&to=1988');
    const { items, total } = (await service.ask({ url: '/v1/timeline?from=1988&to=1988' })).body;
    expect(await page.locator('#summary').textContent()).toContain(`${total} moments`);
    expect(await titles(page)).toEqual(items.map(({ entry }: { entry: { title: string } }) => entry.title));
    expect(await page.locator('#dated .when').first().textContent()).toBe(items[0].date.label);
    expect(wrong).toEqual([]);
  });

  test('opens an entry with its evidence, keeps it in the address, and goes back', async () => {
    const { page, wrong } = await open('/?from=2022-01&to=2022-01');
    await page.getByRole('link', { name: 'Peacekeeping operation of the CSTO in Kazakhstan' }).click();
    const detail = page.locator('#detail');
    await detail.getByText('swiftly deployed on 6 January').waitFor();
    expect(page.url()).toContain('csto-operation-in-kazakhstan-2022');
    await page.goBack();
    await detail.waitFor({ state: 'hidden' });
    expect(wrong).toEqual([]);
  });

  test('finds an actor under any of its names from the form', async () => {
    const { page } = await open('/');
    await page.fill('#actor', 'RCPD');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect.poll(() => titles(page), { timeout: 5000 }).toContain('Turkmenistan proposes a regional centre for preventive diplomacy');
    expect(page.url()).toContain('actor=');
  });

  test('says what is wrong with a date that does not exist', async () => {
    const { page } = await open('/?from=2013-02-29');
    await expect.poll(() => page.locator('#problem').textContent()).toContain('February 2013 has 28 days');
  });

  test('can be used with the keyboard alone', async () => {
    const { page } = await open('/?from=1988&to=1988');
    await page.locator('#chart').focus();
    await page.keyboard.press('-');
    await expect.poll(() => page.url()).not.toContain('to=1988');
    await page.locator('#dated .title').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#detail').waitFor({ state: 'visible' });
  });

  test('shows a hostile title as the text it is', async () => {
    const title = '<img src=x onerror="document.title=1"> & <script>alert(1)</script>';
    const created = await service.ask({
      method: 'POST',
      url: '/v1/events',
      body: { kind: 'attack', title, id: 'hostile', date: { edtf: '0999' } },
    });
    expect(created.status).toBe(201);
    const { page, wrong } = await open('/?to=0999&entry=event/hostile');
    expect(await titles(page)).toEqual([title]);
    expect(await page.locator('#detail img, #dated img').count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  test('fits a phone', async () => {
    const { page } = await open('/?from=2022', { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
