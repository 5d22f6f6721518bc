import { modelOf } from '../model/models.ts';
import { type Input, momentsOf, type ValidatedRecord } from '../model/record.ts';
import { deltaOf, type IndexDelta, placementOf, termKey } from '../index/delta.ts';
import { entryOf, type IndexEntry, type Term } from '../index/entry.ts';
import type { ResolvedTerms, TermIds } from '../index/term-ids.ts';
import { statementsOf, termsOf } from '../index/writer.ts';
import type { PreparedRecord } from '../records/rows.ts';
import { formerInput } from '../records/stored-record.ts';
import { replaceSteps } from '../records/update.ts';
import { putRelations, takeRelations } from '../storage/interval-index.ts';
import type { Statement } from '../storage/port.ts';
import type { Spool } from '../storage/spool.ts';
import type { Changed } from './plan.ts';

/** The terms of replaced records, before and after, with their ids. */
export type ReplacedTerms = ResolvedTerms & { all: readonly Term[] };

/** Resolves the terms of all records that an import replaces. */
export async function resolveReplaced(terms: TermIds, changed: Spool<Changed>): Promise<ReplacedTerms> {
  const all = new Map<string, Term>();
  for (const each of changed.items()) for (const term of termsOf(indexDelta(each).delta)) all.set(termKey(term), term);
  return { ...(await terms.resolve(all.values())), all: [...all.values()] };
}

/** The statements that put a changed record in the place of the stored one. */
export function* replaceStatements(prepared: PreparedRecord, changed: Changed, { idOf }: ReplacedTerms): Generator<Statement> {
  const { replaced, key } = changed;
  const { delta, former, isRelated } = indexDelta({ ...changed, momentKeys: prepared.momentKeys });
  const range = { first: key, last: key };
  if (isRelated) yield* takeRelations(range);
  const stored = { revision: replaced.revision, document: Buffer.from(replaced.document) };
  yield* replaceSteps(prepared, stored, former, { guards: [], statements: [...statementsOf(delta, idOf)] });
  if (isRelated) yield* putRelations(range);
}

/** The change of a record in the index, and whether relations or moments change, on which related records depend. */
function indexDelta({ type, key, input, momentKeys, replaced }: Changed): {
  delta: IndexDelta;
  former: ValidatedRecord;
  isRelated: boolean;
} {
  const model = modelOf[type];
  const former = formerInput({ id: input.id, document: Buffer.from(replaced.document) });
  // Moments that are new get their keys later: terms do not depend on them.
  const keys = momentsOf(model, input).map((_, ordinal) => momentKeys[ordinal] ?? 0);
  const before = entryOf(model, former, { key, momentKeys }, []);
  const after = entryOf(model, input, { key, momentKeys: keys }, []);
  return { delta: deltaOf([{ before, after }]), former, isRelated: relatedBy(before, former) !== relatedBy(after, input) };
}

const relatedBy = (entry: IndexEntry, { relations }: Input): string => JSON.stringify([entry.moments.map(placementOf), relations]);
