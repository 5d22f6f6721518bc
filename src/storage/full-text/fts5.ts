import type { TextMatch } from './text-match.ts';

/** The FTS5 expression of a condition. Words are letters and digits in quotes, and tags barewords, so they have no FTS5 syntax. */
export function toFts5(match: TextMatch): string {
  if ('words' in match) return `"${match.words.join(' ')}"${match.prefix ? ' *' : ''}`;
  if ('tag' in match) return match.tag;
  if ('any' in match) return joined(match.any, ' OR ');
  if ('all' in match) return joined(match.all, ' AND ');
  if ('inTitle' in match) return `title : (${toFts5(match.inTitle)})`;
  if ('inTitleOrNames' in match) return `{title names} : (${toFts5(match.inTitleOrNames)})`;
  return `(${toFts5(match.having)} NOT ${toFts5(match.without)})`;
}

function joined(parts: readonly TextMatch[], operator: string): string {
  const [only, ...others] = parts;
  return only && others.length === 0 ? toFts5(only) : `(${parts.map(toFts5).join(operator)})`;
}

/** Values as SQLite binds them. */
type Bound = readonly unknown[];

/** The parameters of a statement with conditions on texts, as FTS5 reads them. */
export const boundTexts = ([named]: Bound): Bound =>
  // @NOTE conditions on texts are parameters with names, and other objects are bytes
  [Object.fromEntries(Object.entries(named as object).map(([name, value]) => [name, isMatch(value) ? toFts5(value) : value]))];

const isMatch = (value: unknown): value is TextMatch => typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
