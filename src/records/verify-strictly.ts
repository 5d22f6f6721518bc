import { nameFinder, type NameFinder } from '../domain/full-text/name-finder.ts';
import { RECORD_TYPES } from '../domain/record-type.ts';
import { citationsOf } from '../model/citations.ts';
import { modelOf } from '../model/models.ts';
import type { Reader } from '../storage/port.ts';
import { recordsAt } from '../storage/tables/records.ts';
import { inputOfDocument } from './document/render.ts';
import { newestChange } from './export.ts';
import { datesOf, type Fault, faultsOfEvidence, faultsOfNames, namesToCheck, participantsOf } from './strict-rules.ts';
import type { TakeText } from './verify.ts';

/** A fault of a record, as a sentence that names it. */
export type RecordFault = Fault & { sentence: string };

/** The result of strict verification: the faults, and how many records, participants, dates and names were held to the rules. */
export type StrictVerification = { faults: RecordFault[]; records: number; participants: number; dates: number; names: number };

/** Records that are read at a time. */
const PAGE = 100;

/**
 * Strict verification: `take` gets the texts that are checked, and `verify` then holds the records that cite any of them to the rules. Others are left
 * out: without a text nothing can be said of them.
 */
export function strictVerification(): { take: TakeText; verify: (reader: Reader) => Promise<StrictVerification> } {
  const texts = new Map<string, NameFinder>();
  const verify = async (reader: Reader): Promise<StrictVerification> => {
    const result: StrictVerification = { faults: [], records: 0, participants: 0, dates: 0, names: 0 };
    for await (const { type, id, document } of records(reader)) {
      const [model, record] = [modelOf[type], inputOfDocument(document)];
      if (!citationsOf(record).some(({ source }) => texts.has(source))) continue;
      result.records += 1;
      result.participants += participantsOf(record).length;
      result.dates += datesOf(record).length;
      result.names += namesToCheck(model, record).length;
      const faults = [...faultsOfEvidence(model, record), ...faultsOfNames(model, record, texts)];
      result.faults.push(...faults.map((fault) => ({ ...fault, sentence: `${type} "${id}": ${fault.message}` })));
    }
    return result;
  };
  return { take: (source, paragraphs) => void texts.set(source, nameFinder(paragraphs)), verify };
}

async function* records(reader: Reader) {
  const { at } = await newestChange(reader);
  for (const type of RECORD_TYPES)
    for (let after = ''; ; ) {
      const [rows] = await reader.read([recordsAt({ at, type, after, limit: PAGE })]);
      if (rows.length === 0) break;
      yield* rows.map(([id, document]) => ({ type, id, document }));
      after = rows.at(-1)![0];
    }
}
