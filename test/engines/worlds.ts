import type { RecordType } from '../../src/domain/record-type.ts';
import { EVEN_DAYS, ODD_DAYS, worldLines } from '../bench/world/lines.ts';
import { bodies } from '../query/oracle/world.ts';

/** A line of an import. */
type Line = { type: RecordType; id: string; [field: string]: unknown };

/** The ids of actors and places that questions of the benchmark name: `actor-0` to `actor-99`, and others. */
const isAsked = (id: string): boolean => /^actor-\d\d?$/.test(id) || [EVEN_DAYS, ODD_DAYS, 'place-0'].includes(id);

/** The world of the benchmark with so many events, without the actors and the places that neither these nor the questions name. */
export function benchmarkLines(events: number): Line[] {
  const lines = Array.from(worldLines(events), (line) => JSON.parse(line) as Line); // @NOTE such a line is made
  const named = JSON.stringify(lines.filter(({ type }) => type === 'event'));
  return lines.filter(({ type, id }) => (type !== 'actor' && type !== 'place') || isAsked(id) || named.includes(`"${id}"`));
}

const COUNTS = { place: 6, actor: 12, source: 5, agreement: 40, meeting: 35, event: 80 };

/**
 * Records of all types with dates of every reading, times of day, doubted dates and none, memberships, relations and stored texts. They have few actors
 * and words, so that many are found together, and other ids than those of the benchmark.
 */
export function variedLines(seed: number): Line[] {
  return bodies(seed, COUNTS).map((body, index) => {
    const text =
      body.type === 'source' ? { text: `Line ${index}.\n\nSea and water, by the border.\nA railway, naïve accord ${index}.` } : {};
    const line = JSON.stringify({ ...body, ...text }).replaceAll(/"((?:place|actor|source|agreement|meeting|event)-\d+)"/g, '"varied-$1"');
    return JSON.parse(line) as Line; // @NOTE a record with an id
  });
}

const repeated = (text: string, times: number): string => Array.from({ length: times }, () => text).join(' ');

const TEXTS = {
  'many-words': `${repeated('alpha beta', 9000)} omega psi chi ${repeated('gamma', 300)} tail end`,
  'words-that-come-again': `${repeated('gamma alpha', 400)} gamma beta`,
  'a-megabyte': repeated('一乙二十丁厂七卜八人入儿匕几九刁了刀力乃又三干于亏工土士才下寸大丈与万上小口', 12_000),
};

/** Sources with texts of one line, of which a tsvector cannot hold all places or all words in a row. */
export const longLines: readonly Line[] = Object.entries(TEXTS).map(([id, text]) => ({
  type: 'source',
  id,
  kind: 'book',
  title: id,
  text,
}));
