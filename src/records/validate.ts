import { z } from 'zod';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import { parseEdtf } from '../domain/time/edtf.ts';
import { issuesOfJson } from '../domain/json.ts';
import { slugOf } from '../domain/slug.ts';
import { issuesOfBody } from '../model/validation-errors.ts';
import { type Input, selfReferences, titleOf } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';

/** A record that its schema and its dates have passed, with its id. */
export type Valid = Input & { id: string };

/**
 * Checks a record as clients write it: text and nesting, the schema of its type, every date, references to itself. Answers a copy
 * of its own. Throws `invalid-request` with every issue found, each with its place.
 */
export function validate(model: RecordModel, body: unknown): Valid {
  const input = checked(model, body);
  const id = input.id ?? slugOf(titleOf(model, input));
  const issues = [...dateIssues(input), ...selfReferences(model, input, id)];
  if (issues.length > 0) throw invalid(model, issues);
  return Object.assign(input, { id });
}

function checked(model: RecordModel, body: unknown): Input {
  refuseRough(model, body);
  const parsed = model.newSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalid(model, issuesOfBody(model.newSchema, parsed.error));
  const { type: _type, ...input } = parsed.data;
  return withoutEmptyLists(input as Input); // @NOTE the schema is that of a type
}

/** Refuses what no schema and no recursion should meet: `issuesOfJson`. Throws `invalid-request`. */
function refuseRough(model: RecordModel, body: unknown): void {
  const rough = issuesOfJson(body);
  if (rough.length > 0) throw invalid(model, rough);
}

/**
 * Refuses a merge patch for what is wrong with it whatever it is merged into: deep nesting, unknown fields, values of another type. What it
 * leaves out may be there already, and null clears it. A patch that nulls a field that no record has would otherwise pass unseen. Throws
 * `invalid-request`.
 */
export function refuseBadPatch(model: RecordModel, patch: unknown): void {
  refuseRough(model, patch);
  const parsed = model.patchSchema.safeParse(patch, { reportInput: true });
  const issues = parsed.error?.issues.filter(({ code, input }) => code === 'unrecognized_keys' || (input !== null && input !== undefined));
  if (issues && issues.length > 0) throw invalid(model, issuesOfBody(model.patchSchema, new z.ZodError(issues)));
}

/** A copy in which lists without items are left out, as all fields without a value are: the tables could not tell them apart. */
export function withoutEmptyLists<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEmptyLists) as Value; // @NOTE the copy of a list is a list of the same
  const copy: Record<string, unknown> = {};
  for (const [field, child] of Object.entries(value))
    if (child !== undefined && !(Array.isArray(child) && child.length === 0)) copy[field] = withoutEmptyLists(child);
  return copy as Value; // @NOTE every list that an input may hold is optional
}

function invalid({ type }: RecordModel, issues: Issue[]): AnnalsError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see errors)` : '';
  const where = first!.pointer ? `${first!.pointer} ` : '';
  return new AnnalsError('invalid-request', `this is not a valid ${type}: ${where}${first!.message}${more}`, issues);
}

/** Checks every date of a record: the fields named `date` and `published`, and those of the lists `dates` and `memberships`. */
function dateIssues(input: Input): Issue[] {
  const issues: Issue[] = [];
  for (const [edtf, pointer] of datesIn(input)) {
    try {
      parseEdtf(edtf);
    } catch (error) {
      if (!(error instanceof AnnalsError)) throw error;
      issues.push({ pointer, message: error.message });
    }
  }
  return issues;
}

function* datesIn({ date, published, dates, memberships }: Input): Generator<[edtf: string, pointer: string]> {
  if (date) yield [date.edtf, '/date/edtf'];
  if (published) yield [published.edtf, '/published/edtf'];
  for (const [index, { edtf }] of dates?.entries() ?? []) if (edtf !== undefined) yield [edtf, `/dates/${index}/edtf`];
  for (const [index, { period }] of memberships?.entries() ?? []) if (period) yield [period.edtf, `/memberships/${index}/period/edtf`];
}
