/** The scopes of API keys; each includes those before it. `read` and `write` are about records, `admin` is about the service itself. */
export const SCOPES = ['read', 'write', 'admin'] as const;

/** One of the scopes. */
export type Scope = (typeof SCOPES)[number];

/** Tells whether a key with one scope may do what needs the other. */
export const includesScope = (held: Scope, needed: Scope): boolean => SCOPES.indexOf(held) >= SCOPES.indexOf(needed);

/** The scope in a column whose constraint admits no other text; any other text gets the least scope. */
export const scopeOf = (column: string): Scope => SCOPES.find((scope) => scope === column) ?? 'read';
