import { readFileSync, writeFileSync } from 'node:fs';

const END = '<!-- to here -->';

/** Puts a text between the markers of a README that name the command which writes there. Throws where they are missing. */
export function withReport(readme: string, text: string, command = 'npm run bench -- --readme'): string {
  const BEGIN = `<!-- ${command} writes from here -->`;
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < begin) throw new Error(`the README needs the lines "${BEGIN}" and "${END}", in this order`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${text}\n\n${readme.slice(end)}`;
}

/** Writes a report into the README at a path. */
export const writeReport = (path: string, text: string, command?: string): void =>
  writeFileSync(path, withReport(readFileSync(path, 'utf8'), text, command));
