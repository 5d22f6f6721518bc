import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the pages for people: where it is served, as what, its bytes, and a strong entity tag of them. */
export type PageFile = { path: string; contentType: string; body: Buffer; etag: string };

/** Content-Security-Policy of every file of the page: it loads from, and speaks to, the server it came from and nothing else. */
export const PAGE_CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The page refers to its files by relative addresses, so these paths may stand under any prefix. */
const FILES = [
  { path: '/', name: 'index.html', contentType: 'text/html; charset=utf-8' },
  { path: '/page/timeline.js', name: 'timeline.js', contentType: 'text/javascript; charset=utf-8' },
  { path: '/page/style.css', name: 'style.css', contentType: 'text/css; charset=utf-8' },
  { path: '/page/icon.svg', name: 'icon.svg', contentType: 'image/svg+xml' },
  { path: '/page/licences.txt', name: 'licences.txt', contentType: 'text/plain; charset=utf-8' },
];

// The build puts the files beside the compiled module, so run from its source the module finds them across the repository.
const BUILT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/page/' : './', import.meta.url));

/** The files of the page, read whole from the folder that `npm run build` filled. Throws an error that names the file if one is missing. */
export function readPage(folder: string = BUILT): PageFile[] {
  return FILES.map(({ path, name, contentType }) => pageFile(path, contentType, readBuilt(join(folder, name))));
}

/** A file with its entity tag. */
export function pageFile(path: string, contentType: string, body: Buffer): PageFile {
  return { path, contentType, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function readBuilt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`the timeline page is not built: ${path} cannot be read; run "npm run build"`, { cause: error });
  }
}
