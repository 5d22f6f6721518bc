import type { TextCondition, TextExpression } from '../../domain/full-text/text-query.ts';
import type { TimelineType } from '../../domain/record-type.ts';
import type { Window } from '../../domain/time/window.ts';
import type { Warning } from '../../model/page.ts';
import type { Parameter } from '../../storage/port.ts';

/** SQL with the named parameters it uses. */
export type Fragment = { sql: string; params: Record<string, Parameter> };

/**
 * A field and a value by which moments are found (`index/entry.ts`). `from` and `to`, in days, narrow it to moments that may overlap them:
 * "members at the time". Where records are listed, a term `ofRecord` that is excluded excludes a record by any of its moments. `via` is the id of an
 * actor that a scope includes.
 */
export type QueryTerm = { field: string; value: string; from?: number; to?: number; ofRecord?: true; role?: AskedRole; via?: string };

/** The role of a term of an actor in a role, and its place in the parameter. */
type AskedRole = { value: string; side: 'any' | 'none' };

/** A term in the index, with its key and the number of its postings. */
export type KnownTerm = QueryTerm & { key: number; count: number };

/** Alternative terms of one field, any of which a moment must have. `count` is the sum of their postings. */
export type Conjunct = {
  field: string;
  terms: readonly KnownTerm[];
  count: number;
  /** The tags of the full text tell which moments have the terms. Relations change too often to be tags. */
  isTagged: boolean;
};

/** SQL names of a moment where a condition stands: its level, its position, its last day or its row of `moments` where they are at hand. */
export type At = { level: string; position: string; end?: string; row?: string };

/** A condition that no index answers, so that it is checked for each moment. It may use the parameters `from`, `to` and `within` of the window. */
export type ResidualFilter = {
  sql: (at: At) => string;
  params: Record<string, Parameter>;
  /** It keeps most rows, so that a page is full after few more rows than it has. */
  keepsMost?: true;
  /** It keeps or drops all moments of a record alike. */
  ofRecord?: true;
  /** It compares with the window, and keeps every moment without one. */
  ofWindow?: true;
};

/** Entries changed since an instant: their number, up to `CHANGED_MAX` and one more, and the filter that finds them among others. */
export type Changes = { since: number; count: number; filter: ResidualFilter };

/**
 * A text query, spelled out. If one of its expressions holds for no text, that one alone. `documentFrequency` is an upper bound of the rows for which all
 * hold, counted up to `COUNTED_MAX` and one more.
 */
export type TextQuery = TextCondition & {
  documentFrequency: number;
  /** The expressions before prefixes are expanded to words, for what reads texts rather than the index. */
  asked: readonly TextExpression[];
  /** All rows that match are found within a few milliseconds. */
  isLight: boolean;
  /** A word is a prefix: FTS5 reads all rows of all words with it before it returns one. */
  hasPrefix: boolean;
};

/** The parameters of a query with names resolved. */
export type ResolvedQuery = {
  conjuncts: readonly QueryTerm[][];
  /** Terms of which a moment must have none. */
  excluded: readonly QueryTerm[];
  residual: readonly ResidualFilter[];
  window: Window;
  undated: 'with' | 'only' | 'without';
  /** The results: records, each once at its first moment, or moments. */
  each: 'record' | 'moment';
  /** Values that find nothing, or were read otherwise; absent where there are none. */
  warnings?: readonly Warning[] | undefined;
  /** The only type asked for, which monthly counts count apart. The terms of actors have fields of their own (`fieldOf`). */
  type?: TimelineType;
  text?: TextQuery;
  changes?: Changes;
};

/** Upper bound of the matching rows. Beyond `SCANNED_MAX`, counting stops at the end of day `until`. */
export type RowEstimate = { rows: number; until?: number };

/**
 * The access path by which the moments of a plan are found. `lookup`: all postings of the most selective conjunct, sorted. `changeScan`: the changed entries.
 * `ftsScan`: the full text, whose tags are terms. `postingScan`: the postings of one term, in order. `postingUnion`: those of several terms
 * that are no tags. `nothing`: a conjunct has no term in the index.
 */
export type AccessPath = 'nothing' | 'lookup' | 'changeScan' | 'ftsScan' | 'postingScan' | 'postingUnion';

/** The execution of a query as data: page, count, histogram, counterparts and search execute plans. */
export type Plan = Omit<ResolvedQuery, 'conjuncts' | 'excluded' | 'text'> & {
  /** At least one, the most selective first. */
  conjuncts: readonly Conjunct[];
  excluded: Conjunct;
  text?: TextPlan;
  estimate: RowEstimate;
  /** The number of all moments. */
  everything: number;
  path: AccessPath;
};

/** The text of a plan. */
export type TextPlan = TextQuery & {
  /** True where few enough rows have the text that all of them can be read. */
  isSelective: boolean;
  /** Moments of the most selective conjunct that started before the month of the window and are still open, where they were counted. */
  open?: number;
};
