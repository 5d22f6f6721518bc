import { describe, expect, test } from 'vitest';
import { MEASURES } from '../measure/contests.ts';
import { figureList } from '../measure/figures.ts';
import { ANNALS } from './evidence.ts';
import { withReport } from './readme.ts';
import { report, table } from './tables.ts';

describe('the report', () => {
  test('shows medians with their spread, and why something is missing', () => {
    const figures = figureList();
    const subject = { of: ANNALS, events: 1000, unit: 'requests/s' } as const;
    for (const round of [1200.4, 900, 3000]) figures.add({ ...subject, what: MEASURES.byId }, round);
    figures.fail({ ...subject, what: MEASURES.create }, new Error('the disk is full'));
    figures.leaveOut({ ...subject, of: 'json-server', what: MEASURES.byId }, 'skipped: npm is not here');
    const text = report({ at: '2026-11-21T10:00:00.000Z', machine: 'two processors', figures: figures.all() });
    expect(text).toMatch(/^\| Annals +\| 1,000 +\| 1,200 \(900\.\.3,000\) .*\| failed: the disk is full +\|$/m);
    expect(text).toMatch(/^\| json-server +\| 1,000 +\| skipped: npm is not here/m);
    expect(text).toMatch(/^\| one record by id .*\| not measured: .*Fastify alone.* \| not measured +\|$/m);
  });

  test('is a valid table with any text in its cells', () => {
    expect(table(['a', 'b'], [['x | y', 'two\nlines']])).toBe(
      ['| a      | b         |', '| ------ | --------- |', '| x \\| y | two lines |'].join('\n'),
    );
  });
});

describe('the README', () => {
  const BEGIN = '<!-- npm run bench -- --readme writes from here -->';
  const readme = `before\n${BEGIN}\nold\n<!-- to here -->\nafter\n`;

  test('gets the report between its markers, also repeatedly', () => {
    const once = withReport(readme, 'new');
    expect(once).toBe(`before\n${BEGIN}\n\nnew\n\n<!-- to here -->\nafter\n`);
    expect(withReport(once, 'new')).toBe(once);
  });

  test('without markers does not change', () => {
    expect(() => withReport('before\nafter\n', 'new')).toThrow('the README needs the lines');
  });
});
