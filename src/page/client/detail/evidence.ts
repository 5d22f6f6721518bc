import type { Citation } from '../api/answers.ts';
import { element, words } from '../base/element.ts';
import type { Store } from '../base/store.ts';
import { recordLink } from './links.ts';
import { paragraphToggle, whereToRead } from './paragraph.ts';

/** The citations of a record: the words, the result of their check, the source, and its paragraph to be shown. */
export function citationList(citations: readonly Citation[], store: Store): HTMLElement {
  return element('ol', { class: 'citations' }, ...citations.map((citation) => citationItem(citation, store)));
}

function citationItem(citation: Citation, store: Store): HTMLElement {
  const { source, paragraph, page, phrase, supports, stance, attributedTo, note } = citation;
  const place = [paragraph !== undefined && `paragraph ${paragraph}`, page && `page ${page}`].filter(Boolean).join(', ');
  const facts = [stance && stance !== 'supports' && stance, supports && `for ${supports.join(', ')}`].filter(Boolean).join('; ');
  return element(
    'li',
    {},
    phrase && element('blockquote', {}, `\u201C${phrase}\u201D `, checkMark(citation)),
    element('p', {}, element('cite', {}, recordLink('source', source, store)), place && `, ${place}`),
    attributedTo && element('p', { class: 'quiet' }, 'according to ', recordLink('actor', attributedTo, store)),
    facts && element('p', { class: 'quiet' }, words(facts)),
    note && element('p', { class: 'prose' }, note),
    textOf(citation),
  );
}

/** A button that shows the paragraph. A phrase that was never checked stands in a source without a stored text: that is said at once. */
function textOf({ source, paragraph, phrase, verified }: Citation): HTMLElement | undefined {
  if (paragraph === undefined) return undefined;
  return phrase !== undefined && verified === undefined
    ? whereToRead(source)
    : paragraphToggle({ source, number: paragraph, phrase, name: 'the paragraph' });
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
