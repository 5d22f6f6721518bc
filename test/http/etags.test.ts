import { expect, test } from 'vitest';
import { tagOfList, tagOfRecord } from '../../src/domain/etag.ts';
import { etagOf, withoutRendering } from '../../src/http/cache/etags.ts';

/** A generation that looks like a version of the rendering. */
const GENERATION = 'r1234567';

test.each([tagOfRecord({ id: 'csto', revision: 3, generation: GENERATION }), tagOfList({ sequence: 7, generation: GENERATION })])(
  'the state %s is read from its etag in a body, its ETag header, and its header with a content coding',
  (tag) => {
    const header = etagOf(tag);
    expect([tag, header, header.replace(/"$/, '-gzip"'), header.replace(/"$/, '.br"')].map(withoutRendering)).toEqual([tag, tag, tag, tag]);
  },
);

test.each(['"1"', '"csto.3.r1"', '"anything.r1"'])('%s, which is not an ETag of the service, stays as it is', (tag) => {
  expect(withoutRendering(tag)).toBe(tag);
});
