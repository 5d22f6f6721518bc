import type { Issue } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { paragraphsOf } from '../../domain/text/paragraphs.ts';
import { contentOfText, type TextContent, textFault } from '../../records/source-text.ts';

/** The text in a line of a source: as it came, or the paragraphs of one of which no more is kept. */
export type LineText = string | readonly string[];

/** The content of a text in which `readLineText` finds no issue. */
export const contentOfLine = (text: LineText, sha256: string): TextContent =>
  typeof text === 'string' ? contentOfText(text) : { sha256, paragraphs: text };

/** A line of a source without its text, with the fields that follow from the text, and what is wrong with the text. */
export type ReadText = { record: JsonObject; text: LineText; issues: Issue[] };

/** Takes the text out of the line of a source, and checks it. */
export function readLineText({ text, ...record }: JsonObject): ReadText {
  const issues = record['id'] === undefined ? [WITHOUT_ID] : [];
  if (typeof text === 'string') {
    const fault = textFault(text);
    if (fault !== undefined) return { record, text, issues: [...issues, { pointer: '/text', message: fault }] };
    const { sha256, paragraphs } = contentOfText(text);
    return derivedFrom(record, text, { sha256, paragraphs: paragraphs.length }, issues);
  }
  if (!isListOfTexts(text)) return { record, text: '', issues: [...issues, NO_TEXT] };
  const fault = faultOfParagraphs(text) ?? (record['sha256'] === undefined ? WITHOUT_HASH : undefined);
  if (fault) return { record, text, issues: [...issues, fault] };
  return derivedFrom(record, text, { paragraphs: text.length }, issues);
}

const WITHOUT_ID: Issue = { pointer: '/id', message: 'is required with a text: give the id of the source' };
const NO_TEXT: Issue = { pointer: '/text', message: 'give the text as a string, or the paragraphs of one as a list of strings' };
const WITHOUT_HASH: Issue = {
  pointer: '/sha256',
  message: 'is required with a list of paragraphs: give that of the text that they are of, or the whole text as a string',
};

const isListOfTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** The first of some paragraphs that is none. */
function faultOfParagraphs(paragraphs: readonly string[]): Issue | undefined {
  const fault = textFault(paragraphs.join('\n'));
  if (fault !== undefined) return { pointer: '/text', message: fault };
  const wrong = paragraphs.findIndex((each) => paragraphsOf(each)[0] !== each);
  const message = 'is not one paragraph: give a line without white space around it, or the whole text as a string';
  return wrong === -1 ? undefined : { pointer: `/text/${wrong}`, message };
}

const NAMES: Record<string, string> = { sha256: 'the SHA-256', paragraphs: 'the number of paragraphs' };

/** Adds the fields that follow from a text. A line that states another value is wrong. */
function derivedFrom(record: JsonObject, text: LineText, fields: Record<string, string | number>, issues: readonly Issue[]): ReadText {
  const wrong = Object.entries(fields).flatMap(([field, value]) =>
    record[field] === undefined || record[field] === value
      ? []
      : [
          {
            pointer: `/${field}`,
            message: `is not ${NAMES[field]} of the text in this line: leave it out, or send the text that it is of`,
          },
        ],
  );
  return { record: { ...record, ...fields, ...pick(record, wrong) }, text, issues: [...issues, ...wrong] };
}

/** The stated values of fields with an issue, which are shown with it. */
const pick = (record: JsonObject, issues: readonly { pointer: string }[]): JsonObject =>
  Object.fromEntries(issues.map(({ pointer }) => [pointer.slice(1), record[pointer.slice(1)]]));
