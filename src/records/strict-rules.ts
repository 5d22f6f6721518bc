import type { NameFinder } from '../domain/full-text/name-finder.ts';
import { nameKey } from '../domain/text/name.ts';
import { citationsOf } from '../model/citations.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Input, Moment } from '../model/record.ts';

/** A rule of strict verification. */
export type Rule = 'participant' | 'date' | 'inferred' | 'path' | 'name' | 'attested';

/** A statement of a record that breaks a rule: a sentence without the record. */
export type Fault = { rule: Rule; message: string };

type Participant = NonNullable<Input['participants']>[number];
type Citation = NonNullable<Input['citations']>[number];

/** A participant or a date of a record. `path` is what `supports` of a citation names for it; `evidence` are the citations that support it. */
export type Statement = { called: string; path: string; evidence: readonly Citation[] };

type DateStatement = Statement & { isInferred: boolean };

/** Parts of a date that `supports` may name instead of the whole. */
const PARTS_OF_DATE = ['edtf', 'start', 'end'];

const ofDate = (path: string): string[] => [path, ...PARTS_OF_DATE.map((part) => `${path}.${part}`)];

/** The citations that support one of some paths. One that contradicts supports none. */
function naming(citations: readonly Citation[] | undefined, paths: readonly string[]): Citation[] {
  return (citations ?? []).filter(({ supports = [], stance }) => stance !== 'contradicts' && supports.some((path) => paths.includes(path)));
}

/** The participants of the moments of an agreement, each with the role of its moment. */
const participantsOfMoments = ({ dates = [] }: Input): (Participant & { moment: string })[] =>
  dates.flatMap(({ role: moment, participants = [] }: Moment & { role: string }) => participants.map((each) => ({ ...each, moment })));

/** The participants of an entry and of its moments. */
export function participantsOf(record: Input): Statement[] {
  const stated = ({ actor, role }: Participant, paths: readonly string[]): Statement => ({
    called: `the participant "${actor}" (${role})`,
    path: `participants.${actor}`,
    evidence: naming(record.citations, ['participants', `participants.${actor}`, ...paths]),
  });
  return [
    ...(record.participants ?? []).map((each) => stated(each, [])),
    ...participantsOfMoments(record).map((each) => {
      const path = `dates.${each.moment}.participants`;
      return stated(each, [path, `${path}.${each.actor}`]);
    }),
  ];
}

/** The dates of a record, with the periods of memberships. A membership's own citation that names nothing supports all of it. */
export function datesOf({ date, dates = [], memberships = [], citations }: Input): DateStatement[] {
  const ofRoles = dates
    .filter(({ edtf }) => edtf !== undefined)
    .map((each) => {
      const path = `dates.${each.role}`;
      return {
        called: `its date "${each.role}"`,
        path,
        evidence: naming(citations, ['dates', ...ofDate(path)]),
        isInferred: wasInferred(each),
      };
    });
  const ofMemberships = memberships.flatMap(({ organization, period, citations: own = [] }) => {
    if (!period) return [];
    const whole = `memberships.${organization}`;
    const path = `${whole}.period`;
    const unnamed = own.filter(({ supports, stance }) => !supports && stance !== 'contradicts');
    const evidence = [...naming(citations, ['memberships', whole, ...ofDate(path)]), ...unnamed, ...naming(own, ofDate('period'))];
    return [{ called: `the period of its membership in "${organization}"`, path, evidence, isInferred: wasInferred(period) }];
  });
  return [
    ...(date ? [{ called: 'its date', path: 'date', evidence: naming(citations, ofDate('date')), isInferred: wasInferred(date) }] : []),
    ...ofRoles,
    ...ofMemberships,
  ];
}

const wasInferred = ({ basis }: Pick<Moment, 'basis'>): boolean => basis === 'inferred';

/** The faults of statements that no citation supports. */
function unsupported(rule: Rule, statements: readonly Statement[]): Fault[] {
  const without = statements.filter(({ evidence }) => evidence.length === 0);
  return without.map(({ called, path }) => ({
    rule,
    message: `no citation supports ${called}: name "${path}" in the \`supports\` of one`,
  }));
}

/** The faults of a record that follow from itself: participants and dates without evidence, inferences without a note, and evidence for nothing. */
export function faultsOfEvidence(model: RecordModel, record: Input): Fault[] {
  const dates = datesOf(record);
  return [
    ...unsupported('participant', participantsOf(record)),
    ...unsupported('date', dates),
    ...dates
      .filter(({ isInferred, evidence }) => isInferred && record.note === undefined && evidence.every(({ note }) => note === undefined))
      .map(
        ({ called }): Fault => ({
          rule: 'inferred',
          message: `${called} is inferred, and no note of a citation for it or of the record says why`,
        }),
      ),
    ...pathsToNothing(model, record).map(
      (path): Fault => ({ rule: 'path', message: `a citation supports "${path}", which the record does not state` }),
    ),
  ];
}

/** The distinct paths that citations of the record itself support, and that lead to nothing in it. */
function pathsToNothing({ newSchema }: RecordModel, record: Input): string[] {
  const { citations = [], participants = [], dates = [], memberships = [] } = record;
  const inDates = participantsOfMoments(record);
  const known: Partial<Record<string, readonly string[]>> = {
    participants: [...participants, ...inDates].map(({ actor }) => actor),
    dates: dates.map(({ role }) => role),
    memberships: memberships.map(({ organization }) => organization),
  };
  const leads = (path: string) => {
    const [field, item] = path.split('.') as [string, string?]; // @NOTE a split has at least one part
    const isGiven = field === 'status' || (field === 'participants' && inDates.length > 0) || field in record;
    return field in newSchema.shape && isGiven && (item === undefined || (known[field]?.includes(item) ?? true));
  };
  return [...new Set(citations.flatMap(({ supports = [] }) => supports))].filter((path) => !leads(path));
}

/** The texts that were checked, by source. */
export type CheckedTexts = ReadonlyMap<string, NameFinder>;

/**
 * The names of a record that are held against the texts: its `names`, and the `name` of an actor or a place. Titles are the editor's own. A `name` that
 * stands in no text stands among the names once more, as one that is not attested.
 */
export function namesToCheck(
  { titleField }: RecordModel,
  { name, names = [] }: Input,
): { name: string; attested: boolean; called: string }[] {
  const keys = new Set(names.filter(({ attested }) => attested === false).map((each) => nameKey(each.name)));
  return [
    ...(titleField === 'name' && name !== undefined && !keys.has(nameKey(name)) ? [{ name, attested: true, called: 'its name' }] : []),
    ...names.map((each) => ({ name: each.name, attested: each.attested !== false, called: 'the name' })),
  ];
}

/** The names of a record that stand in no text and do not say so, unless it cites a source without a text too, and those that say so and stand in one. */
export function faultsOfNames(model: RecordModel, record: Input, texts: CheckedTexts): Fault[] {
  const mayStandElsewhere = citationsOf(record).some(({ source }) => !texts.has(source));
  return namesToCheck(model, record).flatMap(({ name, attested, called }): Fault[] => {
    const [place] = placesOf(name, texts);
    if (!attested && place) return [{ rule: 'attested', message: `${called} "${name}" has "attested": false, and stands in ${place}` }];
    if (!attested || place || mayStandElsewhere) return [];
    const advice = called === 'its name' ? 'list it among the names with' : 'give it';
    return [{ rule: 'name', message: `${called} "${name}" stands in none of the texts: ${advice} "attested": false` }];
  });
}

function* placesOf(name: string, texts: CheckedTexts): Generator<string> {
  for (const [source, find] of texts) {
    const paragraph = find(name);
    if (paragraph !== undefined) yield `paragraph ${paragraph} of source "${source}"`;
  }
}
