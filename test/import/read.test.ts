import { expect, test } from 'vitest';
import { type Line, linesOf } from '../../src/import/read.ts';

/** The lines of a text that arrives in chunks of `size` bytes. */
async function linesIn(text: string, size = text.length): Promise<Line[]> {
  async function* chunks(): AsyncGenerator<Buffer> {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  const lines: Line[] = [];
  for await (const some of linesOf(chunks())) lines.push(...some);
  return lines;
}

test.each([1, 2, 3, 5, 100])('blank lines count as lines and are skipped, in chunks of %d bytes', async (size) => {
  const lines = await linesIn('\n \n{"a"\n\r\n\n \t{}\r\n\n\n"ö"', size);
  const texts = lines.flatMap((line) => ('text' in line && line.text.trim() !== '' ? [[line.number, line.text]] : []));
  expect(texts).toEqual([
    [3, '{"a"'],
    [6, ' \t{}\r'],
    [9, '"ö"'],
  ]);
});

test('twenty million blank lines are skipped in little time', async () => {
  const start = performance.now();
  expect(await linesIn(`${'\n'.repeat(20_000_000)}{}`, 65_536)).toEqual([{ number: 20_000_001, text: '{}' }]);
  expect(performance.now() - start).toBeLessThan(5000);
});
