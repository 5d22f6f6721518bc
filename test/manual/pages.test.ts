import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { chapter, CHAPTERS, ROOT } from './markdown.ts';

const service = sharedApp();

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const addressOf = (name: string) => (name === 'index' ? '/manual/' : `/manual/${name}`);
const linksIn = (html: string): string[] => Array.from(html.matchAll(/\s(?:href|src)="([^"]*)"/g), ([, link]) => link!);
const anchorsIn = (html: string): string[] => Array.from(html.matchAll(/\sid="([^"]*)"/g), ([, id]) => id!);

describe.each(CHAPTERS)('the page of %s', (name) => {
  const url = addressOf(name);

  test('is served under the content security policy of the timeline page, and obeys it', async () => {
    const { status, headers, text } = await service.ask({ url });
    expect([status, headers['content-type'], headers['content-security-policy']]).toEqual([200, 'text/html; charset=utf-8', POLICY]);
    expect(text).not.toMatch(/<script|<style|\son\w+=|\sstyle=/);
    expect(text).not.toContain('<!--');
  });

  test('is cached by clients, and supports HEAD', async () => {
    const { headers, text } = await service.ask({ url });
    const again = await service.ask({ url, headers: { 'if-none-match': headers['etag']! } });
    expect([again.status, again.text]).toEqual([304, '']);
    const head = await service.ask({ method: 'HEAD', url });
    expect([head.status, head.text, head.headers['etag']]).toEqual([200, '', headers['etag']]);
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(text));
  });

  test('has only links to sections that exist', async () => {
    const { text } = await service.ask({ url });
    expect(new Set(anchorsIn(text)).size, 'anchors are unique').toBe(anchorsIn(text).length);
    for (const link of new Set(linksIn(text))) {
      if (link.startsWith('https:')) continue;
      const { pathname, search, hash } = new URL(link, `http://host${url}`);
      const target = await service.ask({ url: `${pathname}${search}` });
      expect(target.status, link).toBe(200);
      if (hash !== '') expect(anchorsIn(target.text), link).toContain(hash.slice(1));
    }
  });
});

test('the contents list every other chapter', async () => {
  const { text } = await service.ask({ url: '/manual/' });
  expect(linksIn(text)).toEqual(expect.arrayContaining(CHAPTERS.filter((name) => name !== 'index')));
});

test('/manual leads to /manual/, and an unknown chapter is a problem', async () => {
  const redirected = await service.ask({ url: '/manual' });
  expect([redirected.status, redirected.headers['location']]).toEqual([302, 'manual/']);
  const { status, body } = await service.ask({ url: '/manual/tiem' });
  expect([status, body]).toMatchObject([404, { type: '/problems/unknown-route', detail: expect.stringContaining('/manual/time') }]);
  const refused = await service.ask({ method: 'POST', url: '/manual/time', body: {} });
  expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

test('the timeline page, the reference and the README lead to the manual', async () => {
  expect((await service.ask({ url: '/' })).text).toContain('href="manual/"');
  expect((await service.ask({ url: '/openapi.json' })).body).toMatchObject({ externalDocs: { url: '/manual/' } });
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('(src/manual/index.md)');
});

/** The anchors of the headings of a Markdown file, as GitHub makes them. */
const headingsOf = (markdown: string): string[] =>
  Array.from(markdown.matchAll(/^#{1,4} (.+)$/gm), ([, title]) =>
    title!
      .replaceAll('`', '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each([
  'README.md',
  'src/README.md',
  'test/bench/README.md',
  'test/faults/README.md',
  ...CHAPTERS.map((name) => `src/manual/${name}.md`),
])('the links of %s lead to files and headings that exist', (file) => {
  const markdown = readFileSync(join(ROOT, file), 'utf8');
  for (const [, link] of markdown.replaceAll(/```[^]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
    const [path, hash] = link!.split('#');
    const isOfTheService = /^https?:/.test(link!) || (file.startsWith('src/manual/') && path!.startsWith('../') && !path!.endsWith('.md'));
    if (isOfTheService) continue;
    const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path!);
    expect(existsSync(target), link).toBe(true);
    if (hash !== undefined) expect(headingsOf(readFileSync(target, 'utf8')), link).toContain(hash);
  }
});

/** The curl lines of a chapter that need no key, with what is shown of their answers. An ellipsis stands for what is left out. */
const asked = CHAPTERS.flatMap((name) =>
  Array.from(chapter(name).matchAll(/```console\n\$ curl (?:-G )?'?http:\/\/localhost:3000([^'\s]+)'?(.*)\n([^]*?)```/g), (block) => {
    const [path, options, shown] = [block[1]!, block[2]!, block[3]!];
    const encoded = Array.from(
      options.matchAll(/ --data-urlencode '(\w+)=([^']*)'/g),
      ([, key, value]) => `${key}=${encodeURIComponent(value!)}`,
    );
    return { name, address: encoded.length > 0 ? `${path}?${encoded.join('&')}` : path, shown };
  }),
);

const compact = (text: string): string => text.replaceAll(/\s/g, '').replaceAll(/"\/requests\/[0-9a-f-]{36}"/g, '"/requests/"');

describe('a curl line of the manual returns the shown response:', () => {
  test('every console block is a curl line', () => {
    expect(asked.length).toBeGreaterThan(40);
    const blocks = CHAPTERS.flatMap((name) => chapter(name).match(/^```console$/gm) ?? []);
    expect(blocks).toHaveLength(asked.length);
  });

  test.each(asked)('$name: $address', async ({ address, shown }) => {
    const { status, text } = await service.ask({ url: address });
    expect(status).toBe(Number(/"status": ?(4[0-9]{2})/.exec(shown)?.[1] ?? 200));
    let rest = compact(text);
    for (const piece of compact(shown).split('…')) {
      const at = rest.indexOf(piece);
      expect(at, `${piece} in ${rest.slice(0, 2000)}`).toBeGreaterThanOrEqual(0);
      rest = rest.slice(at + piece.length);
    }
  });
});
