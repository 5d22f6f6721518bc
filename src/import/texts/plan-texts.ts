import type { Difference } from '../../domain/json/json-differences.ts';
import { comparable, hasPhrase } from '../../domain/text/phrases.ts';
import { type CitingRecord, type NewTexts, readCiting } from '../../records/citing-records.ts';
import type { StoredText } from '../../records/document/render.ts';
import type { SentParagraph } from '../../records/verify-citations.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import type { OpenSpool } from '../../storage/spool.ts';
import { paragraphsFrom, paragraphsOfSource } from '../../storage/tables/texts.ts';
import type { SentText, SentTexts } from './sent-texts.ts';

/** A citing record as a spool keeps it: its document as text, and its results in pairs. */
type SpooledCiting = { row: Head<CitingRecord['row']>; document: string; verified: [number, boolean][]; changed: [number, boolean][] };

type Head<Row> = Row extends [...infer Rest, Buffer] ? Rest : never;

/** The texts that an import writes, and the stored records whose results they change. */
export type TextPlan = ReturnType<typeof planTexts>;

/** Plans the texts of the lines whose sources `isWritten` returns true for, by their keys: these go before stored texts. */
export function planTexts(texts: SentTexts, open: OpenSpool, keyOf: (line: number) => number, isWritten: (key: number) => boolean) {
  const byKey = new Map<number, SentText>();
  for (const sent of texts.all()) {
    const key = keyOf(sent.number);
    if (isWritten(key)) byKey.set(key, sent);
  }
  const paragraph: SentParagraph = (source, number) => {
    const sent = byKey.get(source);
    return sent && texts.paragraph(sent, number);
  };
  return {
    /** The text of the source with a key that goes before a stored one. */
    of: (key: number): SentText | undefined => byKey.get(key),
    paragraph,
    /** Stored sources whose text is replaced or added, by their ids. */
    replaced: new Map<string, number>(),
    /** Statements that index stored texts of sources whose language changes. */
    inLanguage: [] as Statement[],
    /** Stored records that cite them, and that no line replaces. */
    citing: open<SpooledCiting>(),
  };
}

/** The difference between the text of a line and what is stored of its source; none for the same text. */
export async function textDifference(
  reader: Reader,
  texts: SentTexts,
  sent: SentText,
  stored: { key: number; sha256: string | undefined; storedText: StoredText | undefined },
): Promise<Difference | undefined> {
  const { key, sha256, storedText } = stored;
  const isSame =
    storedText !== undefined &&
    sha256 === sent.sha256 &&
    (sent.description.form === 'verbatim' ? storedText.form === 'verbatim' : await hasParagraphs(reader, texts, sent, key));
  return isSame ? undefined : { field: '/text', ...(storedText && { from: storedText }), to: sent.description };
}

/** Returns true if the paragraphs of the stored text of a source are those of a text. */
async function hasParagraphs(reader: Reader, texts: SentTexts, sent: SentText, key: number): Promise<boolean> {
  const [rows] = await reader.read([paragraphsFrom(key, 1, sent.count + 1)[0]]);
  return rows.length === sent.count && rows.every(([number, text]) => comparable(text) === texts.paragraph(sent, number));
}

/** Reads the stored records that cite a replaced text and whose results change, besides those that lines change or that are deleted. Returns their number. */
export async function planCiting(
  reader: Reader,
  { replaced, citing, paragraph }: TextPlan,
  isWritten: (key: number) => boolean,
): Promise<number> {
  const texts: NewTexts = (source, number, phrase) => {
    const key = replaced.get(source);
    return key === undefined ? undefined : hasPhrase(paragraph(key, number) ?? '', phrase);
  };
  const known = new Set<number>();
  for (const source of replaced.values())
    for await (const { row, verified, changed: results } of readCiting(reader, source, texts)) {
      const [key, type, id, revision, createdAt, document] = row;
      if (isWritten(key) || known.has(key)) continue;
      known.add(key);
      citing.add({
        row: [key, type, id, revision, createdAt],
        document: document.toString('utf8'),
        verified: [...verified],
        changed: results,
      });
    }
  return citing.count();
}

/** The citing records of a plan. */
export function* citingRecords({ citing }: TextPlan): Generator<CitingRecord> {
  for (const { row, document, verified, changed } of citing.items())
    yield { row: [...row, Buffer.from(document)], verified: new Map(verified), changed };
}

/** All paragraphs of the text of a source as phrases are compared with them: of the text that is sent, or else of the stored one. */
export async function paragraphsOfText(reader: Reader, texts: SentTexts, sent: SentText | undefined, key: number): Promise<string[]> {
  if (sent) return Array.from({ length: sent.count }, (_, index) => texts.paragraph(sent, index + 1)!);
  const [rows] = await reader.read([paragraphsOfSource(key)]);
  return rows.map(([text]) => comparable(text));
}
