import { RECORD_TYPES } from '../../../domain/record-type.ts';
import type { ActorRecord, CodeRecord, EntryRecord, PlaceRecord, SourceRecord } from '../api/answers.ts';
import { getJson } from '../api/api.ts';
import { recordAddress } from '../api/names.ts';
import { element } from '../base/element.ts';
import type { Store } from '../base/store.ts';
import { entryView } from './entry.ts';
import { actorView, codeView, placeView, sourceView } from './records.ts';

const RECORD_KEY = new RegExp(`^(${RECORD_TYPES.join('|')})/([a-z0-9-]{1,80})$`);

/** All fields of a record, as elements. `key` is `type/id`. Throws a `Problem`; undefined if that is no record's key. */
export async function detailOf(key: string, store: Store, signal: AbortSignal): Promise<HTMLElement[] | undefined> {
  const [, type, id] = RECORD_KEY.exec(key) ?? [];
  if (type === undefined || id === undefined) return undefined;
  const address = recordAddress(type, id);
  const view = await viewOf(type, address, store, signal);
  return [
    ...view.filter((part) => part !== undefined),
    element('p', { class: 'json' }, element('a', { href: address }, 'This record as JSON')),
  ];
}

async function viewOf(type: string, address: string, store: Store, signal: AbortSignal): Promise<(HTMLElement | undefined)[]> {
  if (type === 'source') return sourceView(await getJson<SourceRecord>(address, signal), store, signal);
  if (type === 'actor') return actorView(await getJson<ActorRecord>(address, signal), store, signal);
  if (type === 'place') return placeView(await getJson<PlaceRecord>(address, signal), store);
  if (type === 'code') return codeView(await getJson<CodeRecord>(address, signal), store);
  return entryView(await getJson<EntryRecord>(address, signal), store);
}
