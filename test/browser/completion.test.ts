import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { withoutChromium } from './chromium.ts';
import { timelinePage } from './timeline-page.ts';

const options = (page: Page, field: string) => page.locator(`#${field}-options [role=option]`);
const chips = (page: Page) => page.locator('#filters .chip b').allTextContents();

/** Types a text into a field, and returns the first of the options that are offered. */
async function firstOption(page: Page, field: string, text: string): Promise<string | null> {
  await page.fill(`#${field}`, '');
  await page.locator(`#${field}`).pressSequentially(text);
  await expect.poll(() => page.locator(`#${field}-options mark`).count()).toBeGreaterThan(0);
  return options(page, field).first().textContent();
}

describe.skipIf(withoutChromium('the fields that complete'))('the fields of the timeline page complete', () => {
  const { service, open } = timelinePage();
  const create = async (body: object) => expect((await service.ask({ method: 'POST', url: '/v1/actors', body })).status).toBe(201);

  test.each([
    ['kaz', 'Kazakhstan'],
    ['guter', 'António Guterres'],
    ['ООН', 'United Nations'],
    ['mirz', 'Shavkat Mirziyoyev'],
  ])('an actor by the beginning of any of its names: %s', async (typed, name) => {
    const { page, wrong } = await open('/');
    expect(await firstOption(page, 'actor', typed)).toContain(name);
    await page.keyboard.press('Enter');
    await expect.poll(() => chips(page)).toEqual([name]);
    expect(wrong).toEqual([]);
  });

  test('several actors by a word that many names have, a handful at most', async () => {
    const { page } = await open('/');
    await firstOption(page, 'actor', 'organi');
    const offered = await options(page, 'actor').count();
    expect(offered).toBeGreaterThan(1);
    expect(offered).toBeLessThanOrEqual(8);
    expect(await page.locator('#actor').getAttribute('aria-expanded')).toBe('true');
  });

  test('the actor whose name is typed whole, among many names that begin so', async () => {
    for (let number = 1; number <= 60; number += 1) await create({ id: `zeta-${number}`, kind: 'group', name: `Zeta ${number}` });
    await create({ id: 'omega', kind: 'group', name: 'Omega', names: [{ name: 'Zet', kind: 'variant' }] });
    const { page } = await open('/');
    await firstOption(page, 'actor', 'zet');
    await page.keyboard.press('Enter');
    await expect.poll(() => chips(page)).toEqual(['Omega']);
  });

  test('a place, a topic and a kind, each a filter that can be removed, with all of it in the history', async () => {
    const { page, wrong } = await open('/');
    const steps = [page.url()];
    for (const [field, typed, label, parameter] of [
      ['place', 'tash', 'Tashkent', 'place=tashkent'],
      ['topic', 'terr', 'terrorism', 'topic=terrorism'],
      ['kind', 'stat', 'statement', 'kind=statement'],
    ] as const) {
      expect(await firstOption(page, field, typed)).toContain(label);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url()).toContain(parameter);
      expect(await page.locator(`#${field}`).inputValue()).toBe('');
      steps.push(page.url());
    }
    expect(await chips(page)).toEqual(['Tashkent', 'terrorism', 'statement']);
    await page.getByRole('button', { name: 'Remove the filter statement' }).click();
    await expect.poll(() => page.url()).toBe(steps[2]);
    await page.goBack();
    expect(page.url()).toBe(steps[3]);
    for (const step of steps.slice(0, 3).toReversed()) {
      await page.goBack();
      expect(page.url()).toBe(step);
    }
    expect(await chips(page)).toEqual([]);
    await page.goForward();
    await expect.poll(() => chips(page)).toEqual(['Tashkent']);
    expect(wrong).toEqual([]);
  });

  test('two kinds ask for either of them', async () => {
    const { page } = await open('/?kind=statement');
    await firstOption(page, 'kind', 'depl');
    await page.keyboard.press('Enter');
    await expect.poll(() => chips(page)).toEqual(['statement', 'deployment']);
    expect(new URL(page.url()).searchParams.get('kind')).toBe('statement,deployment');
  });

  test('a text that names nothing becomes no filter, and what may have been meant is offered', async () => {
    const { page } = await open('/');
    await page.fill('#actor', 'Kazakstan');
    await page.keyboard.press('Enter');
    const list = page.locator('.field-actor .options');
    await list.getByText('Nothing is known by the name “Kazakstan”. Did you mean:').waitFor();
    expect(await chips(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => chips(page)).toEqual(['Kazakhstan']);

    await page.fill('#actor', 'xyzzyx');
    await page.keyboard.press('Enter');
    await list.getByText('Nothing is known by the name “xyzzyx”.').waitFor();
    expect(await options(page, 'actor').count()).toBe(0);
    await page.fill('#actor', '');
    await page.fill('#topic', 'terorism');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect.poll(() => options(page, 'topic').count()).toBeGreaterThan(0);
    expect(await chips(page)).toEqual(['Kazakhstan']);
  });

  test('a name that two have lets one choose between them', async () => {
    for (const id of ['frg', 'gdr']) await create({ id, kind: 'state', name: 'Doppelland', description: `The one called ${id}.` });
    const { page } = await open('/');
    await page.fill('#actor', 'Doppelland');
    await page.keyboard.press('Enter');
    await page.locator('.field-actor .options').getByText('Several are known by the name “Doppelland”.').waitFor();
    expect(await chips(page)).toEqual([]);
    await options(page, 'actor').getByText('The one called gdr.').click();
    await expect.poll(() => page.url()).toContain('actor=gdr');
    const address = await open('/?actor=Doppelland');
    await address.page.locator('#problem').getByText('The one called frg.').first().waitFor();
  });

  test('an identifier names an actor that no beginning finds', async () => {
    const { page } = await open('/');
    await page.fill('#actor', 'wikidata:Q232');
    await page.keyboard.press('Enter');
    await expect.poll(() => chips(page)).toEqual(['Kazakhstan']);
    expect(page.url()).toContain('actor=kazakhstan');
  });

  test('words, asked while they are typed, in one step of the history', async () => {
    const { page, wrong } = await open('/');
    await page.locator('#q').pressSequentially('traffi', { delay: 20 });
    await expect.poll(() => options(page, 'q').allTextContents()).toContain('trafficking');
    await expect.poll(() => page.url()).toContain('q=traffi*');
    await expect.poll(() => page.locator('#dated mark').allTextContents()).toContain('trafficking');
    expect(await page.locator('#q').inputValue()).toBe('traffi');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('#q').inputValue()).toBe('trafficking ');
    await page.keyboard.press('Enter');
    expect(page.url()).toContain('q=trafficking');
    await page.goBack();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.locator('#q').inputValue()).toBe('');
    expect(wrong).toEqual([]);
  });

  test('a field of words that is left shows the query that is asked', async () => {
    const { page } = await open('/');
    await page.locator('#q').pressSequentially('traffi');
    await page.keyboard.press('Tab');
    expect(await page.locator('#q').inputValue()).toBe('traffi*');
    expect(page.url()).toContain('q=traffi*');
  });

  test('an empty answer offers the words as beginnings', async () => {
    const { page } = await open('/?q=traffi');
    await page.locator('#dated').getByRole('button', { name: 'traffi*' }).click();
    await expect.poll(() => page.locator('#dated mark').count()).toBeGreaterThan(0);
  });

  test('an empty answer offers the words that may have been meant, and asks for the one that is taken', async () => {
    const { page, wrong } = await open('/');
    await page.fill('#q', 'drug trafiking');
    await page.keyboard.press('Enter');
    await page.locator('#dated').getByText('no text has the word "trafiking"').waitFor();
    await page.locator('#dated').getByRole('button', { name: 'trafficking' }).click();
    await expect.poll(() => page.url()).toContain('q=drug+trafficking');
    await expect.poll(() => page.locator('#dated .row').count()).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('other forms of a word are marked, too', async () => {
    const { page } = await open('/?q=operation');
    const marks = page.locator('#dated mark');
    await expect.poll(() => marks.allTextContents()).toEqual(expect.arrayContaining(['operation', 'operations']));
    const others = await open('/?q=kilograms');
    await expect.poll(() => others.page.locator('#dated .snippet mark').allTextContents()).toContain('kilograms');
  });

  test('with the keyboard alone, as a combobox does', async () => {
    const { page } = await open('/');
    const field = page.getByRole('combobox', { name: 'Kind' });
    await field.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => options(page, 'kind').count()).toBe(8);
    await page.keyboard.press('ArrowDown');
    const active = await field.getAttribute('aria-activedescendant');
    expect(await page.locator('#kind-options [aria-selected=true]').getAttribute('id')).toBe(active);
    expect(await page.locator('#announcement').textContent()).toBe('8 suggestions');
    await page.keyboard.press('Escape');
    expect(await field.getAttribute('aria-expanded')).toBe('false');
    expect(await options(page, 'kind').count()).toBe(0);
  });
});
