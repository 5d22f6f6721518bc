import { beforeAll, describe, expect, test } from 'vitest';
import { withoutChromium } from './chromium.ts';
import { timelinePage } from './timeline-page.ts';

const PARAGRAPHS = ['The harbour lies in the north.', 'Ships of <b>all</b> nations called in\u00A0spring.', 'The fishermen left.'];

describe.skipIf(withoutChromium('the evidence'))('evidence on the timeline page', () => {
  const { service, open } = timelinePage();

  beforeAll(async () => {
    const post = async (path: string, body: object) => expect((await service.ask({ method: 'POST', url: path, body })).status).toBe(201);
    await post('/v1/sources', {
      id: 'harbour-book',
      kind: 'book',
      title: 'The harbour book',
      authors: ['A. Rowe'],
      url: 'https://example.org/harbour',
    });
    await post('/v1/sources', { id: 'lost-book', kind: 'book', title: 'A lost book', url: 'https://example.org/lost' });
    const citations = [
      { source: 'harbour-book', paragraph: 2, phrase: 'all</b> nations called in spring' },
      { source: 'harbour-book', paragraph: 3, phrase: 'the merchants left' },
      { source: 'lost-book', paragraph: 7, phrase: 'a phrase' },
    ];
    await post('/v1/events', { id: 'harbour-opens', kind: 'opening', title: 'The harbour opens', date: { edtf: '0950' }, citations });
    const text = {
      method: 'PUT',
      url: '/v1/sources/harbour-book/text',
      headers: { 'content-type': 'text/plain' },
      body: PARAGRAPHS.join('\n'),
    } as const;
    expect((await service.ask(text)).status).toBe(200);
  });

  test('opens the stored paragraph with its phrase marked, and its neighbours folded', async () => {
    const { page, wrong } = await open('/?to=0999&entry=event/harbour-opens');
    const [holding, failing, lost] = await page.locator('.citations > li').all();
    const button = holding!.getByRole('button', { name: 'Show the paragraph' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => holding!.locator('.paragraphs mark').textContent()).toBe('all</b> nations called in\u00A0spring');
    expect(await holding!.locator('.paragraphs > .prose').textContent()).toBe(`2 ${PARAGRAPHS[1]}`);
    await holding!.getByText('Paragraph 3').click();
    await holding!.getByText('The fishermen left.').waitFor();
    expect(await holding!.locator('details').count()).toBe(2);
    await holding!.getByRole('button', { name: 'Hide the paragraph' }).click();
    expect(await holding!.locator('.paragraphs').isVisible()).toBe(false);

    await failing!.getByText('not found').waitFor();
    await failing!.getByRole('button', { name: 'Show the paragraph' }).click();
    await failing!.locator('.paragraphs > .prose').getByText('The fishermen left.').waitFor();
    expect(await failing!.locator('mark').count()).toBe(0);

    await lost!.getByText('The text of this source is not stored here.').waitFor();
    expect(await lost!.getByRole('link', { name: 'Read it where it was published' }).getAttribute('href')).toBe('https://example.org/lost');
    expect(wrong).toEqual([]);
  });

  test('leads to the source, with what it is and what cites it', async () => {
    const { page, wrong } = await open('/?to=0999&entry=event/harbour-opens');
    await page.getByRole('link', { name: 'The harbour book' }).first().click();
    const detail = page.locator('#detail');
    await detail.getByRole('heading', { name: 'The harbour book' }).waitFor();
    expect(page.url()).toContain('entry=source%2Fharbour-book');
    await detail.getByText('A. Rowe').waitFor();
    await detail.getByRole('button', { name: 'Show the first paragraph' }).click();
    await detail.getByText(PARAGRAPHS[0]!).waitFor();
    expect(await detail.getByRole('link', { name: 'The harbour opens' }).count()).toBe(1);
    await detail.getByRole('link', { name: 'All 1 moment on the timeline' }).click();
    await page.locator('#filters').getByText('The harbour book').waitFor();
    expect(page.url()).toContain('source=harbour-book');
    expect(wrong).toEqual([]);
  });

  test('shows an actor with its names, memberships and counterparts, and a place, each with its way to the timeline', async () => {
    const { page, wrong } = await open('/?entry=actor/kazakhstan');
    const detail = page.locator('#detail');
    await detail.getByText('Казахстан').waitFor();
    await detail.getByRole('link', { name: 'Collective Security Treaty Organization' }).first().waitFor();
    await detail.getByText('Most often with').waitFor();
    await detail.getByRole('link', { name: 'Show on the timeline' }).click();
    await expect.poll(() => page.locator('#filters .chip b').allTextContents()).toEqual(['Kazakhstan']);
    expect(page.url()).toContain('actor=kazakhstan');
    const place = await open('/?entry=place/tashkent');
    await place.page.locator('#detail').getByRole('link', { name: 'Show on the timeline' }).waitFor();
    expect([...wrong, ...place.wrong]).toEqual([]);
  });
});
