import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { withoutChromium } from './chromium.ts';
import { timelinePage } from './timeline-page.ts';

/** Faults that a reader of the page by ear would meet: controls without a name, ids that stand twice, references to ids that are nowhere. */
const FAULTS_BY_EAR = `
  const referring = ['aria-controls', 'aria-labelledby', 'aria-describedby', 'aria-activedescendant', 'for'];
  const all = [...document.querySelectorAll('*')];
  const ids = all.map(({ id }) => id).filter(Boolean);
  const named = (each) => each.labels?.length || each.getAttribute('aria-label') || each.getAttribute('aria-labelledby') || each.textContent.trim();
  [
    ...all.filter((each) => each.matches('a[href], button, input, select, summary, [role=listbox], [tabindex="0"]') && !each.closest('[hidden]') && !named(each)).map((each) => 'no name: ' + each.outerHTML),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => 'twice: ' + id),
    ...all.flatMap((each) => referring.flatMap((name) => (each.getAttribute(name) ?? '').split(' ').filter((id) => id && !ids.includes(id)).map((id) => name + ': ' + id))),
    ...all.filter((each) => each.matches('[role=option]') && !each.closest('[role=listbox]')).map(() => 'an option outside a list'),
  ];
`;

const titles = (page: Page) => page.locator('#dated .title').allTextContents();

describe.skipIf(withoutChromium('the timeline page'))('the timeline page', () => {
  const { service, open } = timelinePage();

  test('shows the moments of a window with their dates as stated, without errors', async () => {
    const { page, wrong } = await open('/?from=1988&to=1988');
    const { total } = (await service.ask({ url: '/v1/timeline?from=1988&to=1988' })).body;
    const { items } = (await service.ask({ url: '/v1/timeline?from=1988&to=1988&overlap=starts' })).body;
    expect(await page.locator('#summary').textContent()).toContain(`${total} moments`);
    expect(await titles(page)).toEqual(items.map(({ entry }: { entry: { title: string } }) => entry.title));
    expect(await page.locator('#dated .when').first().textContent()).toBe(items[0].date.label);
    expect(wrong).toEqual([]);
  });

  test('opens an entry with its evidence, keeps it in the address, and goes back', async () => {
    const { page, wrong } = await open('/?from=2022-01&to=2022-01');
    await page.getByRole('link', { name: 'CSTO peacekeeping operation in Kazakhstan' }).click();
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
    await page.getByRole('button', { name: 'Search' }).click();
    await expect.poll(() => page.url()).toContain('actor=');
    await expect.poll(() => titles(page), { timeout: 5000 }).toContain('Turkmenistan proposes a regional centre for preventive diplomacy');
  });

  test('names what is left out with its !, and warns of a word that nothing has', async () => {
    const { page, wrong } = await open('/?actor=!kazakhstan&kind=statment');
    await page.locator('#filters').getByText('!Kazakhstan').waitFor();
    expect(await page.locator('#warnings').textContent()).toContain('kind: nothing has the kind "statment": did you mean statement?');
    await page.locator('#warnings').getByRole('button', { name: 'statement' }).click();
    await expect.poll(() => page.url()).toContain('kind=statement');
    const others = await open('/?actor=!kazakhstan');
    expect(await others.page.locator('#warnings').isVisible()).toBe(false);
    expect([...wrong, ...others.wrong]).toEqual([]);
  });

  test('shows an error for a date that does not exist', async () => {
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

  test('names every control, and refers to what is there', async () => {
    const { page } = await open('/?q=operation&kind=operation&actor=csto&entry=event/csto-operation-in-kazakhstan-2022');
    await page.locator('#detail .citations').waitFor();
    await page.fill('#actor', 'kaz');
    await page.locator('#actor-options [role=option]').first().waitFor();
    expect(await page.evaluate(FAULTS_BY_EAR)).toEqual([]);
  });

  test('shows a hostile title as plain text', async () => {
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

  test('folds what was going on before the window into one line, which lists it', async () => {
    const { page, wrong } = await open('/?from=2022-01&to=2022-01');
    const { total } = (await service.ask({ url: '/v1/timeline?from=2022-01&to=2022-01' })).body;
    const { items, total: beginning } = (await service.ask({ url: '/v1/timeline?from=2022-01&to=2022-01&overlap=starts&limit=200' })).body;
    expect(await titles(page)).toEqual(items.map(({ entry }: { entry: { title: string } }) => entry.title));
    const line = page.getByRole('button', { name: `${total - beginning} moments from before, still going on` });
    expect(await line.getAttribute('aria-expanded')).toBe('false');
    expect(await page.locator('#earlier').isVisible()).toBe(false);
    await line.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#earlier .row').count()).toBe(total - beginning);
    expect(await line.getAttribute('aria-expanded')).toBe('true');
    await line.click();
    expect(await page.locator('#earlier').isVisible()).toBe(false);
    expect(wrong).toEqual([]);
  });

  test('draws a date as it is known', async () => {
    const dates = {
      'one-of-years': '[1890,1892]',
      'one-of-days': '[1891-05-01,1891-08-01]',
      'rough-ends': '1886/1890',
      'exact-ends': '1886-02-01/1890-03-01',
      'doubted-day': '1891-05-01?',
      'doubted-year': '1891?',
    };
    for (const [id, edtf] of Object.entries(dates)) {
      const body = {
        kind: 'drawing',
        id,
        title: id,
        date: { edtf, ...(id === 'exact-ends' && { basis: 'inferred' }) },
      };
      expect((await service.ask({ method: 'POST', url: '/v1/events', body })).status).toBe(201);
    }
    const { page, wrong } = await open('/?kind=drawing');
    const drawn = async (id: string) => {
      const bar = page.locator(`[data-entry="event/${id}"] .bar`);
      const shapes = await bar
        .locator('.within, .lasted, .faded, .day')
        .evaluateAll((all) => all.map((each) => `${each.tagName} ${each.getAttribute('class')}`));
      return { shapes, isDoubted: await bar.evaluate((each) => each.classList.contains('doubted')) };
    };
    expect(await drawn('one-of-years')).toEqual({ shapes: ['rect within', 'rect within'], isDoubted: false });
    expect(await drawn('one-of-days')).toEqual({ shapes: ['circle within', 'circle within'], isDoubted: false });
    expect(await drawn('rough-ends')).toEqual({ shapes: ['rect faded', 'rect lasted', 'rect faded'], isDoubted: false });
    expect(await drawn('exact-ends')).toEqual({ shapes: ['rect lasted'], isDoubted: false });
    expect(await drawn('doubted-day')).toEqual({ shapes: ['circle day'], isDoubted: true });
    expect(await drawn('doubted-year')).toEqual({ shapes: ['rect within'], isDoubted: true });
    expect(await page.locator('[data-entry="event/one-of-years"] .when').textContent()).toBe('1890 or 1892');
    expect(await page.locator('[data-entry="event/exact-ends"] .when').getAttribute('title')).toBe('Inferred from the source');
    expect(wrong).toEqual([]);
  });

  test('fits a phone', async () => {
    const { page } = await open('/?from=2022', { viewport: { width: 375, height: 800 } });
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    expect(await width()).toBe(375);
    for (const field of ['actor', 'place', 'topic', 'kind']) {
      await page.fill(`#${field}`, 'co');
      await page.locator(`#${field}-options [role=option]`).first().waitFor();
      expect(await width(), field).toBe(375);
      await page.keyboard.press('Escape');
    }
    await page.goto(page.url().replace(/\?.*/, '?entry=actor/kazakhstan'));
    await page.locator('#detail h2').waitFor();
    expect(await width()).toBe(375);
  });
});
