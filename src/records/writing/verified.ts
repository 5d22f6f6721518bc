import { foldSpace } from '../../domain/paragraphs.ts';
import type { Input } from '../../resources/resource.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import type { Ready } from './rows.ts';

type Cited = { source: string; paragraph?: number; phrase?: string };

/** Whether each citation's phrase stands in its paragraph, by the index of the citation. */
export type Verified = ReadonlyMap<number, boolean>;

/** As `verifiedInAll`, for one record. */
export async function verifiedCitations(reader: Reader, input: Input, keyOf: Ready['keyOf']): Promise<Verified> {
  const [verified] = await verifiedInAll(reader, [input], keyOf);
  return verified ?? new Map();
}

/**
 * Whether the citations of each of the records are verified, in order; nothing for a citation without a phrase or paragraph, or
 * whose source has no stored text. One round trip at most.
 */
export async function verifiedInAll(reader: Reader, inputs: readonly Input[], keyOf: Ready['keyOf']): Promise<Verified[]> {
  const checkable = inputs.flatMap((input, record) => {
    const citations = (input['citations'] ?? []) as Cited[]; // @NOTE validated by the type's schema
    return citations.flatMap(({ source, paragraph, phrase }, citation) =>
      paragraph === undefined || phrase === undefined ? [] : [{ record, citation, source: keyOf('source', source), paragraph, phrase }],
    );
  });
  const verified = inputs.map(() => new Map<number, boolean>());
  if (checkable.length === 0) return verified;
  const asked = checkable.map(({ source, paragraph }, index) => ({ index, source, paragraph }));
  const texts = statement<[index: number, text: string | null]>(
    `SELECT j.value ->> 'index', p.text FROM json_each(?) j
       LEFT JOIN paragraphs p ON p.source_id = j.value ->> 'source' AND p.number = j.value ->> 'paragraph'
       WHERE EXISTS (SELECT 1 FROM paragraphs q WHERE q.source_id = j.value ->> 'source')`,
    JSON.stringify(asked),
  );
  const [rows] = await reader.read([texts]);
  for (const [index, text] of rows) {
    const { record, citation, phrase } = checkable[index]!;
    verified[record]!.set(citation, text !== null && foldSpace(text).includes(foldSpace(phrase)));
  }
  return verified;
}
