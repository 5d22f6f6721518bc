import type { Citation } from '../api/answers.ts';
import { element, webLink, words } from '../base/element.ts';
import { actorLink } from './links.ts';
import { recordAddress, recordOf } from '../api/names.ts';
import type { Store } from '../base/state.ts';

/** A part of the details under its heading. */
export function section(title: string, content: HTMLElement): HTMLElement {
  return element('section', {}, element('h3', {}, title), content);
}

/** The citations of a record: the paragraph, the words, and the result of their check. */
export function citationList(citations: Citation[], store: Store): HTMLElement {
  return element('ol', { class: 'citations' }, ...citations.map((citation) => citationItem(citation, store)));
}

function citationItem(citation: Citation, store: Store): HTMLElement {
  const { paragraph, page, phrase, supports, stance, attributedTo, note } = citation;
  const place = [paragraph !== undefined && `paragraph ${paragraph}`, page && `page ${page}`].filter(Boolean).join(', ');
  const where = element('p', {}, sourceTitle(citation.source), place && `, ${place}`);
  const facts = [stance && stance !== 'supports' && stance, supports && `for ${supports.join(', ')}`].filter(Boolean).join('; ');
  return element(
    'li',
    {},
    phrase && element('blockquote', {}, `\u201C${phrase}\u201D `, checkMark(citation)),
    where,
    attributedTo && element('p', { class: 'quiet' }, 'according to ', actorLink(attributedTo, store)),
    facts && element('p', { class: 'quiet' }, words(facts)),
    note && element('p', { class: 'prose' }, note),
  );
}

function checkMark({ verified }: Citation): HTMLElement | undefined {
  if (verified === undefined) return undefined;
  if (verified)
    return element('span', { class: 'tag verified', title: 'The phrase stands in that paragraph of the stored text' }, '\u2713 verified');
  return element(
    'span',
    { class: 'tag refuted', title: 'The phrase does not stand in that paragraph of the stored text' },
    '\u2717 not found',
  );
}

/** The source's title, linked to where it can be read; its id, linked to its record, until and unless that is known. */
function sourceTitle(id: string): HTMLElement {
  const shown = element('cite', {}, element('a', { href: recordAddress('source', id) }, id));
  void recordOf('source', id).then(({ title, url }) => {
    if (title && url) shown.replaceChildren(webLink(url, title));
    else if (title) shown.replaceChildren(element('a', { href: recordAddress('source', id) }, title));
  });
  return shown;
}
