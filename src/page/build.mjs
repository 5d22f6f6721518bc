// Builds the timeline page: `node src/page/build.mjs [folder]`, into dist/page/ unless a folder is named.
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const folder = resolve(process.argv[2] ?? join(root, 'dist', 'page'));

await mkdir(folder, { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/page/client/main.ts'],
  outfile: join(folder, 'timeline.js'),
  tsconfig: 'src/page/client/tsconfig.json',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: false,
  metafile: true,
  banner: { js: '/* Includes libraries under the licences in licences.txt, beside this file. */' },
});
for (const name of ['index.html', 'style.css', 'icon.svg']) await copyFile(join(here, name), join(folder, name));
await writeFile(join(folder, 'licences.txt'), await licencesOf(Object.keys(metafile.inputs)));

/** The licence of every package that is in the bundle: theirs ask to travel with each copy. */
async function licencesOf(inputs) {
  const packages = new Set(inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = [...packages].map(async (name) => {
    const home = join(root, 'node_modules', name);
    const file = (await readdir(home)).find((each) => /^licen[cs]e(?:\.|$)/i.test(each));
    if (file === undefined) throw new Error(`the package ${name} is in the bundle, and has no file with its licence`);
    return `${name}\n\n${await readFile(join(home, file), 'utf8')}`;
  });
  return (await Promise.all(texts)).toSorted().join('\n\n');
}
