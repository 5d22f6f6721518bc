import { groupsOf } from '../../domain/groups.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { KeyOf } from '../../model/columns.ts';
import { citationsOf, pointerOfCitation } from '../../model/citations.ts';
import type { ValidatedRecord } from '../../model/record.ts';
import { phraseFault } from '../../records/verify.ts';

/** A citation whose phrase does not stand in its paragraph, by the number of its line, its place in the record, and the key of its source. */
type UnverifiedCitation = {
  number: number;
  record: { type: RecordType; id: string };
  place: string;
  key: number;
  source: string;
  paragraph: number;
  phrase: string;
};

/** A fault of a phrase: `pointer` is that of the phrase in its record. */
type PhraseFault = Pick<UnverifiedCitation, 'number' | 'record'> & { pointer: string; message: string };

/** Collects citations that do not hold: the first `most`, and the number of the others. */
export function collectUnverified(most: number) {
  const first: UnverifiedCitation[] = [];
  let more = 0;
  return {
    more: () => more,
    /** Notes the citations of a line that do not hold. */
    note(
      { number, type, input }: { number: number; type: RecordType; input: ValidatedRecord },
      verified: Iterable<readonly [number, boolean]>,
      keyOf: KeyOf,
    ): void {
      for (const [citation, holds] of verified) {
        if (holds) continue;
        if (first.length === most) {
          more += 1;
          continue;
        }
        const { source, paragraph, phrase } = citationsOf(input)[citation]!;
        // @NOTE a citation is verified by its paragraph and its phrase
        first.push({
          number,
          record: { type, id: input.id },
          place: pointerOfCitation(input, citation),
          key: keyOf('source', source),
          source,
          paragraph: paragraph!,
          phrase: phrase!,
        });
      }
    },
    /** Says of each in which paragraphs the phrase stands, in the order of the lines. The paragraphs of one source are held at a time. */
    async explain(paragraphsOf: (key: number) => Promise<string[]>): Promise<PhraseFault[]> {
      const faults: PhraseFault[] = [];
      for (const [key, citations] of groupsOf(first, (each) => each.key)) {
        const paragraphs = await paragraphsOf(key);
        for (const { number, record, place, ...cited } of citations)
          faults.push({ number, record, pointer: `${place}/phrase`, message: phraseFault(cited, paragraphs)! });
      }
      return faults.toSorted((one, other) => one.number - other.number);
    },
  };
}
