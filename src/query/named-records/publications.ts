import { firstUnits } from '../../domain/text/first-units.ts';
import { nameKey } from '../../domain/text/name.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { invalidParameter } from '../../domain/errors.ts';
import { isoOfDay } from '../../domain/time/day.ts';
import { hasWindow, limitsOf, parseWindow } from '../../domain/time/window.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import { dialect } from '../../storage/dialect.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { type Asked, alternatives, dateParameter, echoOf, matchParameter, valuesIn } from '../filters/filter.ts';
import type { Fragment } from '../plan/query.ts';
import { type DatedCondition, hasMember } from './dated-condition.ts';
import { having, ofTable } from './having.ts';

/** Filters of sources by the date of their publication and by their authors. */

/** The parameters of these filters. */
export const publicationParameters = {
  from: dateParameter.describe('Published from this date on: `2018`, `2018-03`, `2018-03-26`.'),
  to: dateParameter.describe('Published up to this date.'),
  on: dateParameter.describe('Published in this date, or in an interval; excludes `from` and `to`.'),
  match: matchParameter.describe('Whether a date that is only `possible` counts (the default); `certain` needs `from`, `to` or `on`.'),
  author: alternatives('By an author of this name, whatever its case, diacritics and punctuation; a name may have a comma.'),
};

type Parameters = { [name in keyof typeof publicationParameters]?: string | undefined };

/** Resolves the parameters. Throws `invalid-request` for dates that cannot be understood. */
export async function publications(reader: Reader, { author, match = 'possible', ...dates }: Parameters): Promise<DatedCondition> {
  const { from, to, on } = dates;
  const window = parseWindow({ ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(on !== undefined && { on }) });
  const isDated = hasWindow(window);
  if (match === 'certain' && !isDated) throw invalidParameter('match', 'match=certain is about a date: add from, to or on');
  const authors = author === undefined ? undefined : await authorCondition(reader, author);
  const { fromMin, toMax } = limitsOf(window);
  const conditions = [
    ...(isDated ? [POSSIBLY_PUBLISHED] : []),
    ...(isDated && match === 'certain' ? [CERTAINLY_PUBLISHED] : []),
    ...(authors ? [authors.sql] : []),
  ];
  return {
    sql: conditions.join(' AND '),
    params: { ...(isDated && { publishedFrom: fromMin, publishedTo: toMax }), ...authors?.params },
    ...(isDated && { certainty: CERTAINLY_PUBLISHED }),
    echo: {
      ...(window.from !== undefined && { from: isoOfDay(window.from) }),
      ...(window.to !== undefined && { to: isoOfDay(window.to) }),
      ...(isDated && { match }),
      ...authors?.echo,
    },
    warnings: authors?.warnings ?? [],
  };
}

const published = (condition: string): string => `EXISTS (SELECT 1 FROM sources p WHERE p.record_id = r.id AND ${condition})`;

const POSSIBLY_PUBLISHED = published(`p.published_start_min <= :publishedTo AND p.published_end_max >= :publishedFrom
  AND (p.published_members IS NULL OR ${hasMember('p.published_members', 'published')})`);

const CERTAINLY_PUBLISHED = published(
  'p.published_start_max <= :publishedTo AND p.published_end_min >= :publishedFrom AND p.published_doubted = 0',
);

type AuthorCondition = Fragment & { echo: EchoedQuery; warnings: Warning[] };

/** The condition to have one of the authors that are asked for, if there are any, and none of those left out. A known name with a comma is one name. */
async function authorCondition(reader: Reader, text: string): Promise<AuthorCondition> {
  const isOneName = text.includes(',') && (await isKnown(reader, text));
  const asked = isOneName ? { any: [text.trim()], none: [] } : valuesIn('author', text);
  const keys = { any: asked.any.map(nameKey), none: asked.none.map(nameKey) };
  return {
    ...having('author', 'text', keys, ofTable('authors', 'key')),
    echo: { author: echoOf(asked).join(',') },
    warnings: await unknownAuthors(reader, asked),
  };
}

const BY_KEYS = `SELECT DISTINCT w.key FROM authors w WHERE w.key IN ${dialect.list(':keys', 'text')}`;

const withKeys = (names: readonly string[]): Statement<[key: string]> => ({
  sql: BY_KEYS,
  params: [{ keys: JSON.stringify(names.map(nameKey)) }],
});

async function isKnown(reader: Reader, name: string): Promise<boolean> {
  const [rows] = await reader.read([withKeys([name])]);
  return rows.length > 0;
}

/** A name without the `!` that leaves it out. */
const bare = (name: string): string => name.replace(/^!/, '');

/** Names of authors that an unknown one is compared with at most. */
const COMPARED_MAX = 1000;

/** Warnings of names that no source has for an author, with the nearest in use. */
async function unknownAuthors(reader: Reader, { any, none }: Asked): Promise<Warning[]> {
  const asked = [...any, ...none.map((name) => `!${name}`)];
  const [rows] = await reader.read([withKeys(asked.map(bare))]);
  const known = new Set(rows.map(([key]) => key));
  const unknown = asked.filter((name) => !known.has(nameKey(bare(name))));
  if (unknown.length === 0) return [];
  const names: Statement<[name: string]> = {
    sql: `SELECT DISTINCT name FROM authors ORDER BY name LIMIT ${COMPARED_MAX}`,
    params: [],
    offload: true,
  };
  const [inUse] = await reader.read([names]);
  return unknown.map((name) => {
    const didYouMean = nearest(bare(name), inUse.flat());
    const advice = didYouMean.length > 0 ? `: did you mean ${didYouMean.join(' or ')}?` : '';
    const message = `no source has the author "${firstUnits(bare(name), 80)}"${advice}`;
    return { parameter: 'author', value: firstUnits(name, 80), message, ...(didYouMean.length > 0 && { didYouMean }) };
  });
}
