import type { NamedRecord } from './answers.ts';
import { apiAddress, getJson } from './api.ts';

const known = new Map<string, Promise<NamedRecord>>();

/** Remembers the name of a record, so that it is not asked for. */
export function rememberName(type: string, id: string, name: string): void {
  known.set(`${type}/${id}`, Promise.resolve({ name }));
}

/** A record by type and id, asked for once; an empty object where it cannot be had, so that its id goes on standing for it. */
export function recordOf(type: string, id: string): Promise<NamedRecord> {
  const key = `${type}/${id}`;
  const asked = known.get(key) ?? getJson<NamedRecord>(recordAddress(type, id)).catch(() => ({}));
  known.set(key, asked);
  return asked;
}

/** Puts the record's name in place of its id, which the node shows until then. The `!` of what is left out stays. */
export function showName<N extends Node>(node: N, type: string, asked: string): N {
  node.textContent = asked;
  const [sign, id] = asked.startsWith('!') ? ['!', asked.slice(1).trim()] : ['', asked];
  void recordOf(type, id).then((record) => {
    node.textContent = sign + (record.name ?? record.title ?? record.label ?? id);
  });
  return node;
}

/** The address of a record's JSON. */
export function recordAddress(type: string, id: string): string {
  // The address of a code has its vocabulary and its slug.
  return apiAddress(type === 'code' ? `v1/codebook/${id.replace('-', '/')}` : `v1/${type}s/${encodeURIComponent(id)}`);
}
