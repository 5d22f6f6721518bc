// Builds the manual: `node src/manual/build.mjs [folder]`, into dist/manual/ unless a folder is named. The links of index.md give the order of the chapters.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import { tablesFrom } from './tables.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const folder = resolve(process.argv[2] ?? join(root, 'dist', 'manual'));

const read = (name) => readFile(join(here, `${name}.md`), 'utf8');
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const tableOf = tablesFrom(JSON.parse(await readFile(join(root, 'openapi', 'openapi.json'), 'utf8')));
const contents = await read('index');
const names = [...contents.matchAll(/^[0-9]+\. \[[^\]]+\]\(([a-z-]+)\.md\)/gm)].map(([, name]) => name);
const chapters = await Promise.all(['index', ...names].map(async (name) => rendered(name, name === 'index' ? contents : await read(name))));

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await copyFile(join(here, 'manual.css'), join(folder, 'manual.css'));
for (const [at, chapter] of chapters.entries()) await writeFile(join(folder, `${chapter.name}.html`), page(chapter, at));

/** A chapter as HTML, with its title and its sections. A comment such as `<!-- fields NewEvent -->` stands for a table of the OpenAPI document. */
function rendered(name, markdown) {
  const sections = [];
  let title = '';
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        if (depth === 1) {
          title = html;
          return `<h1>${html}</h1>\n`;
        }
        const anchor = anchorOf(this.parser.parseInline(tokens, this.parser.textRenderer));
        if (sections.some((each) => each.anchor === anchor)) throw new Error(`${name}.md has two sections #${anchor}`);
        sections.push({ anchor, html, depth });
        return `<h${depth} id="${anchor}">${html} <a class="anchor" href="#${anchor}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escaped(href.replace(/^index\.md/, './').replace(/^([a-z-]+)\.md/, '$1'))}">${this.parser.parseInline(tokens)}</a>`;
      },
      table(token) {
        return `<div class="wide" tabindex="0" role="region" aria-label="Table">${tableHtml(this, token)}</div>\n`;
      },
    },
  });
  const filled = markdown.replaceAll(/^<!-- (fields|parameters) (\w+) -->$/gm, (_, kind, of) => tableOf[kind](of));
  return { name, html: marked.parse(filled), title, sections };
}

function row(renderer, cells, tag) {
  return `<tr>${cells.map(({ tokens }) => `<${tag}>${renderer.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>\n`;
}

function tableHtml(renderer, { header, rows }) {
  return `<table><thead>${row(renderer, header, 'th')}</thead><tbody>${rows.map((cells) => row(renderer, cells, 'td')).join('')}</tbody></table>`;
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(text) {
  return text
    .replaceAll(/&\w+;|&#\d+;/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** A whole page. All addresses in it are relative, so that it may stand under any prefix. */
function page({ name, html, title, sections }, at) {
  const shown = sections.filter(({ depth }) => depth === 2);
  const inThis =
    shown.length > 1
      ? `<nav class="sections" aria-label="In this chapter"><ul>${shown.map(({ anchor, html: text }) => `<li><a href="#${anchor}">${text}</a></li>`).join('')}</ul></nav>`
      : '';
  const all = chapters.map(
    (each) => `<li><a href="${addressOf(each)}"${each.name === name ? ' aria-current="page"' : ''}>${each.title}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name === 'index' ? title : `${title} · The Annals manual`}</title>
<link rel="icon" href="../page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../page/style.css">
<link rel="stylesheet" href="manual.css">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header class="masthead">
<p class="brand"><a href="../">Annals</a></p>
<p><a href="./">The manual</a></p>
<nav aria-label="Elsewhere"><a href="#chapters">Chapters</a> <a href="../">Timeline</a> <a href="../docs">API reference</a></nav>
</header>
<div class="manual">
<main id="text" class="text">
${html.replace('</h1>\n', `</h1>\n${inThis}`)}
<nav class="turn" aria-label="Previous and next chapter">
${turn(chapters[at - 1], 'prev', 'Previous')}
${turn(chapters[at + 1], 'next', 'Next')}
</nav>
</main>
<nav id="chapters" class="chapters" aria-label="Chapters"><ul>
${all.join('\n')}
</ul></nav>
</div>
</body>
</html>
`;
}

function addressOf({ name }) {
  return name === 'index' ? './' : name;
}

function turn(chapter, rel, words) {
  return chapter ? `<a rel="${rel}" href="${addressOf(chapter)}">${words}<b>${chapter.title}</b></a>` : '<span></span>';
}
