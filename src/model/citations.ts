import type { z } from 'zod';
import type { NewCitation } from './fields.ts';

/** A citation with the part of the record that it is of, such as `memberships/0`; without one, it is of the record as a whole. */
export type PartCitation<Citation = z.infer<typeof NewCitation>> = Citation & { part?: string };

/** A record or a document with citations. */
type Citing<Citation> = {
  citations?: readonly Citation[] | undefined;
  memberships?: readonly { citations?: readonly Citation[] | undefined }[] | undefined;
};

/** All citations of a record in the order in which they are stored and counted: its own, then those of each membership. */
export function citationsOf<Citation extends object>({ citations = [], memberships = [] }: Citing<Citation>): PartCitation<Citation>[] {
  const ofParts = memberships.flatMap(({ citations: own = [] }, index) => own.map((each) => ({ ...each, part: `memberships/${index}` })));
  return [...citations, ...ofParts];
}

/** The place of a citation in its record, by its index among all citations. */
export function pointerOfCitation(record: Citing<object>, index: number): string {
  const all = citationsOf(record);
  const { part } = all[index]!;
  const number = all.slice(0, index).filter((each) => each.part === part).length;
  return `${part === undefined ? '' : `/${part}`}/citations/${number}`;
}

/** A copy of a record whose citations are those that `replace` returns, by their index among all citations. */
export function withCitations<Citation extends object, Record extends Citing<Citation>>(
  record: Record,
  replace: (citation: Citation, index: number) => Citation,
): Record {
  let index = 0;
  const replaced = <Owner extends { citations?: readonly Citation[] | undefined }>(owner: Owner): Owner =>
    owner.citations ? { ...owner, citations: owner.citations.map((each) => replace(each, index++)) } : owner;
  const { memberships, ...rest } = replaced(record);
  return { ...rest, ...(memberships && { memberships: memberships.map((each) => replaced(each)) }) } as Record; // @NOTE the same fields
}

/** A record whose parts have their own citations out of the list of all: the opposite of `citationsOf`. */
export function citationsInParts<Record extends Citing<PartCitation>>(record: Record): Record {
  const { citations = [], memberships } = record;
  const of = (part: string | undefined) => citations.filter((each) => each.part === part).map(({ part: _part, ...citation }) => citation);
  return {
    ...record,
    citations: of(undefined),
    memberships: memberships?.map((each, index) => ({ ...each, citations: of(`memberships/${index}`) })),
  };
}
