import type { Bucket } from '../api/answers.ts';
import { spanOfBucket } from './buckets.ts';
import { byId, element } from '../base/element.ts';
import type { Span } from '../base/span.ts';

/** Fills the table of the buckets that the histogram draws; a bucket's name zooms to it. */
export function fillCounts(buckets: Bucket[], onSpan: (span: Span) => void): void {
  const head = element(
    'tr',
    {},
    ...['Period', 'Moments', 'May have begun at another time'].map((title) => element('th', { scope: 'col' }, title)),
  );
  const rows = buckets
    .filter(({ count }) => count > 0)
    .map((bucket) => {
      const button = element('button', { type: 'button', class: 'plain' }, bucket.label);
      button.addEventListener('click', () => onSpan(spanOfBucket(bucket)));
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, button),
        element('td', {}, bucket.count.toLocaleString('en')),
        element('td', {}, bucket.uncertain.toLocaleString('en')),
      );
    });
  byId('counts', HTMLTableElement).replaceChildren(element('thead', {}, head), element('tbody', {}, ...rows));
}
