import fc from 'fast-check';
import { RECORD_TYPES, type RecordType } from '../../src/domain/record-type.ts';
import { ON_EXISTING } from '../../src/import/report.ts';
import { addressOfRecord } from '../../src/model/addresses.ts';
import { modelOf } from '../../src/model/models.ts';
import { type Random, randomFrom } from '../bench/world/random.ts';
import { arbitraryRecord, KNOWN } from '../helpers/arbitrary-records.ts';
import { importLines } from '../helpers/transfer.ts';
import type { Answer, Asked, Services } from './services.ts';

type Body = Record<string, unknown>;
type Write = Exclude<Asked, string> & { headers: Record<string, string> };

/** Bodies of each type that are drawn from. */
const BODIES = 40;

/** Ids that are written, by type: those of records that others refer to, and more. */
const IDS: Readonly<Record<RecordType, readonly string[]>> = {
  code: ['topic-one', 'kind-two'],
  place: [...KNOWN.place, 'one', 'two'],
  actor: [...KNOWN.actor, 'one', 'two'],
  source: [...KNOWN.source, 'one'],
  event: [...KNOWN.event, 'one', 'two'],
  agreement: ['one', 'two'],
  meeting: ['one', 'two'],
};

const addressOf = (type: RecordType, id = ''): string => (id ? addressOfRecord(modelOf[type], id) : `/v1/${modelOf[type].path}`);

/** Draws writes of every kind from a seed, each after what the ones before have made, and sends them to both services. */
export class Writer {
  readonly #services: Services;
  readonly #random: Random;
  readonly #bodies: Readonly<Record<RecordType, Body[]>>;
  /** Addresses of records: of those with `IDS` and of all that were made. */
  readonly #addresses = RECORD_TYPES.flatMap((type) => IDS[type].map((id) => addressOf(type, id)));
  /** The ETags of each address that answers bore, the newest last. */
  readonly #tags = new Map<string, string[]>();
  /** Writes with an Idempotency-Key that were sent. */
  readonly #keyed: Write[] = [];

  constructor(services: Services, seed: number) {
    this.#services = services;
    this.#random = randomFrom(seed);
    const bodies = RECORD_TYPES.map((type) => [type, fc.sample(arbitraryRecord(type), { seed, numRuns: BODIES })]);
    this.#bodies = Object.fromEntries(bodies) as Record<RecordType, Body[]>; // @NOTE of all types
  }

  /** Sends a write, reads what it was for with its history and its relations, and returns the answer to the write. */
  async write(): Promise<Answer> {
    const write = this.#draw();
    const key = this.#oneIn(12) ? this.#pick([{}, this.#services.keys.read]) : this.#services.keys.write;
    const answer = await this.#services.ask({ ...write, headers: { ...write.headers, ...key } });
    if ('idempotency-key' in write.headers) this.#keyed.push(write);
    const { location = write.url } = answer.headers as { location?: string }; // @NOTE every header is a text
    if (answer.status === 201) this.#addresses.push(location);
    if (answer.status !== 201 && write.method === 'POST') return answer;
    const { status, headers } = await this.#services.ask(location);
    if (status === 200) this.#tags.set(location, [...(this.#tags.get(location) ?? []), String(headers['etag'])]);
    if (write.method !== 'PUT') for (const part of ['history', 'related']) await this.#services.ask(`${location}/${part}`);
    return answer;
  }

  /** Imports some records, of which some exist. */
  async import(): Promise<void> {
    const lines = Array.from({ length: this.#random.between(1, 6) }, () => {
      const type = this.#pick(RECORD_TYPES);
      // Of a code, an id that its fields do not make would end every import.
      return { ...this.#body(type), type, ...(type === 'code' ? {} : this.#id(type)) };
    });
    const onExisting = this.#pick(ON_EXISTING);
    const replaceSource = this.#oneIn(3) ? this.#pick(IDS.source) : undefined;
    const what = `import (${onExisting}, ${replaceSource ?? 'no source'} replaced) of ${JSON.stringify(lines)}`;
    await this.#services.call(what, (annals) => importLines(annals, lines, { onExisting, replaceSource }));
  }

  #pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items);
  }

  #oneIn(times: number): boolean {
    return this.#random.next() < 1 / times;
  }

  #draw(): Write {
    if (this.#keyed.length > 0 && this.#oneIn(10)) return this.#pick(this.#keyed);
    if (this.#oneIn(10)) return this.#text();
    if (this.#oneIn(2)) return this.#creation(this.#pick(RECORD_TYPES));
    const url = this.#oneIn(30) ? '/v1/events/never-made' : this.#pick(this.#addresses);
    return this.#oneIn(3) ? { method: 'DELETE', url, headers: this.#precondition(url) } : this.#change(url);
  }

  #text(): Write {
    const url = `${addressOf('source', this.#pick(IDS.source))}/text`;
    const payload = this.#pick(['One line.', 'Two lines,\n\nor so, are running.', 'x a é Ж 中 😀', '']);
    return { method: 'PUT', url, headers: { 'content-type': 'text/plain', ...this.#precondition(url) }, payload };
  }

  #creation(type: RecordType): Write {
    const payload = this.#json({ ...this.#body(type), ...this.#id(type) });
    return { method: 'POST', url: addressOf(type), headers: { 'content-type': 'application/json', ...this.#idempotency() }, payload };
  }

  /** A change of some fields; it clears some others. */
  #change(url: string): Write {
    const type = RECORD_TYPES.find((each) => url.startsWith(addressOf(each)))!;
    const cleared = { note: null, names: null, citations: null, attributes: { coded: null } };
    const fields = Object.entries({ ...cleared, ...this.#body(type) }).filter(() => this.#oneIn(2));
    const headers = { 'content-type': 'application/merge-patch+json', ...this.#precondition(url), ...this.#idempotency() };
    return { method: 'PATCH', url, headers, payload: this.#json(Object.fromEntries(fields)) };
  }

  #json(body: Body): string {
    return this.#oneIn(50) ? '{"kind": ' : JSON.stringify(body);
  }

  /** The fields of a record, at times with an identifier that another may have, what makes a circle, and a reference to nothing. */
  #body(type: RecordType): Body {
    const { type: _type, ...body } = this.#pick(this.#bodies[type]);
    if (this.#oneIn(5))
      body['identifiers'] = [{ scheme: 'wikidata', value: this.#pick(['Q1', 'Q2', 'Q3']), ...this.#pick([{}, { match: 'close' }]) }];
    if (type === 'actor' && this.#oneIn(3)) body['partOf'] = this.#pick(IDS.actor);
    if (type === 'place' && this.#oneIn(3)) body['partOf'] = [this.#pick(IDS.place), this.#pick(IDS.place)];
    if (this.#oneIn(20)) body['relations'] = [{ type: 'follows', record: { type: 'event', id: 'nowhere' } }];
    if (this.#oneIn(30)) body['kind'] = 'Not A Slug';
    return body;
  }

  #id(type: RecordType): { id?: string } {
    return this.#oneIn(3) ? { id: this.#pick(IDS[type]) } : {};
  }

  #precondition(url: string): Record<string, string> {
    const known = this.#tags.get(url) ?? ['*'];
    if (this.#oneIn(2)) return { 'if-match': known.at(-1)! };
    if (this.#oneIn(3)) return { 'if-match': this.#pick([...known, '"never-heard-of"']) };
    return this.#oneIn(8) ? { 'if-none-match': '*' } : {};
  }

  #idempotency(): Record<string, string> {
    return this.#oneIn(4) ? { 'idempotency-key': `key-${this.#random.between(1, 20)}` } : {};
  }
}
