import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- npm run bench -- --readme writes from here -->';
const END = '<!-- to here -->';

/** Puts a text between the markers of a README. Throws where they are missing. */
export function withReport(readme: string, text: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README needs the lines "${BEGIN}" and "${END}", in this order`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${text}\n\n${readme.slice(end)}`;
}

/** Writes a report into the README at a path. */
export const writeReport = (path: string, text: string): void => writeFileSync(path, withReport(readFileSync(path, 'utf8'), text));
