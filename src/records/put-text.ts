import { modelOf } from '../model/models.ts';
import { validate } from '../model/record.ts';
import { guardGeneration, latestSequence } from '../storage/tables/records.ts';
import { guardCiting, setVerified } from '../storage/tables/texts.ts';
import type { Annals } from './annals.ts';
import { type CitingRecord, newText, readCiting, rewritten, verifiedAnew } from './citing-records.ts';
import { textResultsIn } from './document/render.ts';
import { contentOf, describeText, hasText, removeText, storeText } from './source-text.ts';
import { changeRecord, inputOfStored, type Preconditions, unchanged, type WriteResult } from './stored-record.ts';
import { prepareRecord, replaceRecord } from './update.ts';

/**
 * Stores the text of the source with an id or a name, in the place of any before. The source gets its SHA-256 and number of paragraphs, and every
 * record that cites it says whether its phrases stand in it; each of those whose answer changes gets a new revision. All in one batch; the same
 * text again writes nothing. Throws as `findRecord`, the preconditions and `contentOf` do.
 */
export function putText(annals: Annals, idOrName: string, bytes: Buffer, preconditions?: Preconditions): Promise<WriteResult> {
  const { engine } = annals;
  const model = modelOf.source;
  return changeRecord(annals, model, idOrName, async (current) => {
    const { key, id, document } = current;
    const content = contentOf(bytes);
    const { sha256, paragraphs } = content;
    const [[[newest]], isThere] = await Promise.all([engine.read([latestSequence]), hasText(engine, current)]);
    preconditions?.(model.type, current, isThere);
    const former = inputOfStored(current);
    // A text of which only the paragraphs are kept is stored as a whole.
    const isKept = textResultsIn(document).storedText?.form === 'verbatim';
    if (isThere && isKept && former.sha256 === sha256) return unchanged(model.type, current);
    const input = validate(model, { ...former, sha256, paragraphs: paragraphs.length });
    const { prepared } = await prepareRecord(annals, model, input, current, { record: former, document });
    const texts = newText(id, paragraphs);
    const { verified, changed } = verifiedAnew(document, texts);
    const citing: CitingRecord[] = [];
    for await (const each of readCiting(engine, key, texts)) citing.push(each);
    const guards = [
      ...(preconditions ? [guardGeneration(current.generation)] : []),
      // A record that was written since may cite the source, and was not looked at.
      guardCiting(key, newest?.[0] ?? 0),
      ...removeText(key),
    ];
    const results = { verified, storedText: describeText(content) };
    return replaceRecord(annals, { prepared, results, guards }, current, former, (at) => [
      ...setVerified(key, changed),
      ...storeText(key, content, input.language),
      ...citing.flatMap((each) => rewritten(at, each)),
    ]);
  });
}
