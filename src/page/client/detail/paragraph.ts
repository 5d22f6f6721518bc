import type { Paragraph } from '../api/answers.ts';
import { apiAddress, getJson, Problem } from '../api/api.ts';
import { recordAddress, recordOf } from '../api/names.ts';
import { element, webLink } from '../base/element.ts';

let shown = 0;

/** A paragraph of a source's text, as the button that shows it calls it, and the phrase to be marked in it. */
export type Shown = { source: string; number: number; phrase?: string | undefined; name: string };

/** A button that shows and hides a paragraph of a source's stored text, with the phrase marked and its neighbours folded beside it. */
export function paragraphToggle({ source, number, phrase, name }: Shown): HTMLElement {
  const id = `paragraph-${(shown += 1)}`;
  const region = element('div', { id, class: 'paragraphs', hidden: '' });
  const button = element('button', { type: 'button', class: 'plain', 'aria-expanded': 'false', 'aria-controls': id }, `Show ${name}`);
  let isLoaded = false;
  const load = async () => {
    region.replaceChildren(element('p', { class: 'quiet' }, 'Loading the paragraph'));
    region.replaceChildren(...(await paragraphWithNeighbours(source, number, phrase)));
    isLoaded = true;
  };
  button.addEventListener('click', () => {
    region.hidden = !region.hidden;
    button.setAttribute('aria-expanded', String(!region.hidden));
    button.textContent = `${region.hidden ? 'Show' : 'Hide'} ${name}`;
    if (!region.hidden && !isLoaded) void load().catch((error: unknown) => region.replaceChildren(sorry(source, error)));
  });
  return element('div', { class: 'text' }, element('p', {}, button), region);
}

/** Says that the text of a source is not stored, with a link to where it can be read, if the source names an address. */
export function whereToRead(source: string): HTMLElement {
  const note = element('p', { class: 'quiet' }, 'The text of this source is not stored here.');
  void recordOf('source', source).then(({ url }) => {
    if (url) note.append(' ', webLink(url, 'Read it where it was published'), '.');
  });
  return note;
}

const ask = (source: string, number: number, phrase?: string): Promise<Paragraph> =>
  getJson<Paragraph>(
    apiAddress(
      `${recordAddress('source', source)}/paragraphs/${number}`,
      new URLSearchParams(phrase === undefined ? [] : [['phrase', phrase]]),
    ),
  );

async function paragraphWithNeighbours(source: string, number: number, phrase?: string): Promise<HTMLElement[]> {
  const paragraph = await ask(source, number, phrase);
  const { quote, text, total } = paragraph;
  const content = quote ? [quote.prefix, element('mark', {}, quote.exact), quote.suffix] : [text];
  return [
    ...neighbour(source, number - 1, total, 'before'),
    element('p', { class: 'prose' }, numberOf(number), ...content),
    ...neighbour(source, number + 1, total, 'after'),
  ];
}

/** A neighbour of a paragraph, folded: opened, it has a neighbour of its own on its far side. */
function neighbour(source: string, number: number, total: number, side: 'before' | 'after'): HTMLElement[] {
  if (number < 1 || number > total) return [];
  const text = element('p', { class: 'prose' }, 'Loading the paragraph');
  const folded = element('details', {}, element('summary', {}, `Paragraph ${number}`), text);
  const load = async () => {
    text.replaceChildren((await ask(source, number)).text);
    folded[side](...neighbour(source, side === 'before' ? number - 1 : number + 1, total, side));
  };
  folded.addEventListener('toggle', () => void load().catch((error: unknown) => text.replaceChildren(sorry(source, error))), {
    once: true,
  });
  return [folded];
}

const numberOf = (number: number): HTMLElement => element('span', { class: 'number' }, `${number} `);

function sorry(source: string, error: unknown): HTMLElement {
  const isMissing = error instanceof Problem && error.status === 404 && !error.issues.some(({ parameter }) => parameter === 'number');
  if (isMissing) return whereToRead(source);
  return element('p', { class: 'quiet' }, error instanceof Error ? error.message : String(error));
}
