/**
 * Cost constants of planner and executors: limits in rows, terms or characters beyond which another plan is cheaper, a total is a lower bound, or a
 * statement is offloaded because it would hold up others for more than some 5 ms. Measurements: README.md.
 */

/** Rows: totals are counted up to this, unless monthly counts hold them. */
export const COUNTED_MAX = 10_000;

/** Postings of the most selective conjunct that are scanned to count a query; of more, those of its first months. */
export const SCANNED_MAX = 50_000;

/** Postings that a lookup reads and sorts. Beyond, an ordered scan reads a page of them. Also the rows of a selective text. */
export const LOOKUP_MAX = 1000;

/** Changed entries that a change scan reads one by one. */
export const CHANGED_MAX = 10_000;

/** Light: rows read in the order of an index. */
export const LIGHT_SCAN_MAX = 10_000;

/** Light: rows looked up one by one, elsewhere in the file. */
export const LIGHT_LOOKUPS_MAX = 1000;

/** Light: terms of all conjuncts, each looked for in every level. */
export const LIGHT_TERMS_MAX = 20;

/** Light: terms looked up by field and value. */
export const LIGHT_NAMED_TERMS_MAX = 200;

/** Light: terms whose monthly counts are added up; each has at most one row a month and type. */
export const LIGHT_COUNTED_TERMS_MAX = 10;

/** Terms of a conjunct whose monthly counts are added up for an estimate; of more, which only a scope has, all postings are taken. */
export const ESTIMATED_TERMS_MAX = 20;

/** Rows joined by FTS5 in the time of one lookup of a moment in the full text. */
export const ROWS_PER_LOOKUP = 3000;

/** Rows with a tag read by FTS5 in the time of one probe of the postings. */
export const ROWS_PER_PROBE = 25;

/** Terms of a conjunct probed for each row of a selective text; thousands of terms would take milliseconds a row. */
export const PROBED_TERMS_MAX = 50;

/** Cost of a candidate in a sort, in records read in the order of the sort, times the length of the longest page. */
export const CANDIDATE_COST = 30;

/** Moments of an actor read for its counterparts, the newest first: few actors have more, and a window narrows them. */
export const COUNTERPART_MOMENTS_MAX = 5000;

/** Light: moments read for counterparts. */
export const LIGHT_COUNTERPART_MOMENTS_MAX = 500;

/** Characters of the keys of participants added up for counterparts; 5,000 usual entries have a third of them. */
export const COUNTERPART_KEYS_MAX = 500_000;

/** Moments that are put into groups one by one, some 20 us each; of more, only groups by one field of the index are counted. */
export const GROUPED_MOMENTS_MAX = 100_000;

/** Values of a field that are counted, some 3 us each: a key of attributes may have another value in each record. */
export const GROUPED_VALUES_MAX = 200_000;

/** Moments that are read for the number of those without a value, where groups are counted without reading any. */
export const LACKING_MOMENTS_MAX = 20_000;

/** Moments whose positions are looked up in all postings of a field. */
export const MATCHED_MOMENTS_MAX = 1_000_000;
