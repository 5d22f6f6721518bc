/** Answers to the question what happens to a record that exists and differs from its line. */
export const ON_EXISTING = ['refuse', 'replace', 'keep'] as const;

/** `refuse`: the line is a fault. `replace`: the line takes the place of the record. `keep`: the record stays, and the line is left out. */
export type OnExisting = (typeof ON_EXISTING)[number];

/** `check` does everything but write. */
export type ImportMode = 'write' | 'check';

/** Settings of one import. */
export type ImportOptions = { mode: ImportMode; onExisting: OnExisting };

/** Settings of an import that states none: it writes, and refuses to change what exists. */
export const IMPORT_DEFAULTS: ImportOptions = { mode: 'write', onExisting: 'refuse' };
