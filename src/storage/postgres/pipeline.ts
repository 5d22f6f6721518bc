import type { Client, Connection, Submittable } from 'pg';
import type { Value } from '../port.ts';
import { ConnectionLost, endsConnection } from './errors.ts';
import type { BoundStatement } from './parameters.ts';
import { type Column, rowOf } from './values.ts';

/** The outcome of a statement: its rows as tuples if it is one that has any, and the number of rows that it returned or changed. */
export type Outcome = { rows: Value[][] | undefined; count: number };

/** The outcomes of a pipeline up to the first statement that failed, and its error. The server runs nothing after that one. */
export type Outcomes = { outcomes: Outcome[]; error?: Error };

/** A connection that runs statements, several in one round trip. */
export interface Session {
  /** The number of the server's process, by which another session can end a statement of this one. */
  readonly id: number;
  /**
   * Runs statements in order. Outside a transaction they are one transaction, which ends with them. An error of the server is among the outcomes;
   * rejects with `ConnectionLost` where the connection ends, after which it runs nothing.
   */
  run(statements: readonly BoundStatement[]): Promise<Outcomes>;
}

/** A statement that the server has parsed, or is about to; `columns` is undefined for one that returns no rows. */
type Prepared = { key: string; name: string; columns: readonly Column[] | undefined };

/** The number of statements that a connection keeps prepared: each takes memory of the server for every connection. */
const PREPARED_LIMIT = 500;

/** The session of a client that is connected, for which nothing else runs statements. `limit` is the number of statements that it keeps prepared. */
export function sessionOf(client: Client, limit = PREPARED_LIMIT): Session {
  const prepared = preparedStatements(limit);
  let active: Pipeline | undefined;
  // The client does not pass these on to what it runs.
  client.connection.on('parseComplete', () => active?.handleParseComplete());

  return {
    id: processOf(client),
    run: (statements) =>
      new Promise((resolve, reject) => {
        const steps = statements.map((each) => prepared.stepOf(each));
        active = new Pipeline(steps, prepared.surplus(steps), { forget: (unparsed) => prepared.forget(unparsed), resolve, reject });
        client.query(active);
      }),
  };
}

/** The number of the server's process. */
function processOf(client: Client): number {
  const { processID } = client as Client & { processID: number | null }; // @NOTE the types of pg leave it out
  return processID ?? 0;
}

/** The statements that a connection has prepared, at most `limit`. */
function preparedStatements(limit: number) {
  /** Statements by text and declared types, the least recently used first. */
  const kept = new Map<string, Prepared>();
  let names = 0;

  return {
    stepOf(bound: BoundStatement): Step {
      const { text, types } = bound;
      const key = types.length > 0 ? `${types.join()} ${text}` : text;
      const known = kept.get(key);
      if (known) kept.delete(key);
      const prepared = known ?? { key, name: `s${(names += 1)}`, columns: undefined };
      kept.set(key, prepared);
      return { bound, prepared, isNew: !known };
    },
    /** Forgets those beyond the limit and returns their names; those in use stay. */
    surplus(steps: readonly Step[]): string[] {
      if (kept.size <= limit) return [];
      const used = new Set(steps.map(({ prepared }) => prepared));
      const closed = [...kept.values()].slice(0, kept.size - limit).filter((each) => !used.has(each));
      for (const { key } of closed) kept.delete(key);
      return closed.map(({ name }) => name);
    },
    /** Forgets statements that the server has not parsed, because one before them failed. */
    forget(unparsed: readonly Prepared[]): void {
      for (const { key } of unparsed) kept.delete(key);
    },
  };
}

/** A statement of a pipeline: `isNew` where it is to be parsed first. */
type Step = { bound: BoundStatement; prepared: Prepared; isNew: boolean };

/** The receivers of a pipeline's end: `forget` takes the statements that the server has not parsed because of an error. */
type Ends = { forget: (unparsed: readonly Prepared[]) => void; resolve: (outcomes: Outcomes) => void; reject: (error: Error) => void };

/** Statements that are sent together, with one Sync at their end: the server answers up to the first error, and is in step again after the Sync. */
class Pipeline implements Submittable {
  readonly #steps: readonly Step[];
  readonly #closed: readonly string[];
  readonly #ends: Ends;
  readonly #outcomes: Outcome[] = [];
  readonly #unparsed: Prepared[];
  #rows: Value[][] = [];

  constructor(steps: readonly Step[], closed: readonly string[], ends: Ends) {
    this.#steps = steps;
    this.#closed = closed;
    this.#ends = ends;
    this.#unparsed = steps.filter(({ isNew }) => isNew).map(({ prepared }) => prepared);
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    for (const name of this.#closed) connection.close({ type: 'S', name }, true);
    for (const { bound, prepared, isNew } of this.#steps) {
      const { name } = prepared;
      if (isNew) {
        connection.parse({ name, text: bound.text, types: bound.types as unknown as string[] }, true); // @NOTE object ids, which the types of pg call names
        connection.describe({ type: 'S', name }, true);
      }
      connection.bind({ statement: name, values: bound.values as (string | Buffer | null)[] }, true); // @NOTE pg does not change them
      connection.execute(null, true);
      // The server takes rows when it executes the COPY, and ignores them where it does not.
      if (bound.rows) sendRows(connection, bound.rows);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleParseComplete(): void {
    this.#unparsed.shift();
  }

  handleRowDescription({ fields }: { fields: Column[] }): void {
    this.#current.columns = fields;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#rows.push(rowOf(this.#current.columns ?? [], fields));
  }

  handleCommandComplete({ text }: { text: string }): void {
    const rows = this.#current.columns ? this.#rows : undefined;
    this.#outcomes.push({ rows, count: rows?.length ?? countIn(text) });
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.#outcomes.push({ rows: undefined, count: 0 });
  }

  handleError(error: Error): void {
    this.#ends.forget(this.#unparsed);
    if ('severity' in error && !endsConnection(error)) this.#ends.resolve({ outcomes: this.#outcomes, error });
    else this.#ends.reject(new ConnectionLost(error.message, { cause: error }));
  }

  handleCopyInResponse(): void {
    // The rows are sent already.
  }

  handleReadyForQuery(): void {
    this.#ends.resolve({ outcomes: this.#outcomes });
  }

  get #current(): Prepared {
    return this.#steps[this.#outcomes.length]!.prepared;
  }
}

function sendRows(connection: Connection, rows: Buffer): void {
  const sender = connection as Connection & { sendCopyFromChunk: (chunk: Buffer) => void; endCopyFrom: () => void }; // @NOTE the types of pg leave them out
  sender.sendCopyFromChunk(rows);
  sender.endCopyFrom();
}

/** The number of rows in the tag of a command, such as `INSERT 0 5`; none where it has none. */
const countIn = (tag: string): number => Number(/\d+$/.exec(tag)?.[0] ?? 0);
