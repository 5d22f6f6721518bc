import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as armenian } from '@orama/stemmers/armenian';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as hindi } from '@orama/stemmers/indian';
import { stemmer as indonesian } from '@orama/stemmers/indonesian';
import { stemmer as irish } from '@orama/stemmers/irish';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as lithuanian } from '@orama/stemmers/lithuanian';
import { stemmer as nepali } from '@orama/stemmers/nepali';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as serbian } from '@orama/stemmers/serbian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as tamil } from '@orama/stemmers/tamil';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { stemmer as ukrainian } from '@orama/stemmers/ukrainian';
import { englishKey } from './english.ts';
import { fold } from '../text/fold.ts';
import { isUnspaced, type Word } from './words.ts';

type Stemmer = (word: string) => string[];

/** A stemmer that gives one stem. */
const one =
  (stemmer: (word: string) => string): Stemmer =>
  (word) => [stemmer(word)];

/** Stemmers by the script they read and the ISO 639 code of their language. The first of a script reads texts whose language is not known. */
const STEMMERS: readonly (readonly [script: RegExp, stemmers: Readonly<Record<string, Stemmer>>])[] = [
  [
    /\p{sc=Latin}/u,
    {
      en: one(englishKey),
      da: one(danish),
      de: one(german),
      es: one(spanish),
      fi: one(finnish),
      fr: one(french),
      ga: one(irish),
      hu: one(hungarian),
      id: one(indonesian),
      it: one(italian),
      lt: one(lithuanian),
      nl: one(dutch),
      no: one(norwegian),
      pt: one(portuguese),
      ro: one(romanian),
      sv: one(swedish),
      tr: one(turkish),
    },
  ],
  [/\p{sc=Arabic}/u, { ar: one(arabic) }],
  [/\p{sc=Cyrillic}/u, { ru: slavic(russian), sr: one(serbian), uk: slavic(ukrainian) }],
  [/\p{sc=Greek}/u, { el: one(greek) }],
  [/\p{sc=Devanagari}/u, { hi: one(hindi), ne: one(nepali) }],
  [/\p{sc=Armenian}/u, { hy: one(armenian) }],
  [/\p{sc=Tamil}/u, { ta: one(tamil) }],
];

/** Codes of written forms of a language. */
const SAME_LANGUAGE: Readonly<Record<string, string>> = { nb: 'no', nn: 'no' };

/** The language of words for which there is no stemmer. Their stem is the folded word. */
const NO_LANGUAGE = '-';

/** Letters of Ukrainian that Russian lacks. */
const UKRAINIAN = /[іїєґ]/u;

/** A language and the stem that the inflected forms of a word share in it. */
export type Stem = readonly [language: string, stem: string];

/** True for a word that may have inflected forms: letters of a script that is written with spaces. */
export const isInflected = (word: Word): boolean =>
  /^[a-z]+$/.test(word.folded) || (/^[\p{L}\p{M}]+$/u.test(word.folded) && !isUnspaced(word));

/** The stems under which a word of a text is found: in the language of the text (BCP 47) where it is known and has a stemmer, else in that of its script. */
export function stemsIn(word: Word, language: string | undefined): Stem[] {
  const letters = word.letters.toLowerCase();
  const stemmers = stemmersOf(letters);
  const code = language?.split('-')[0]!.toLowerCase();
  const known = code === undefined ? defaultOf(stemmers, letters) : (SAME_LANGUAGE[code] ?? code);
  const stemmer = known === undefined ? undefined : stemmers[known];
  return stemmer === undefined ? [[NO_LANGUAGE, fold(letters)]] : stemmer(letters).map((stem) => [known!, fold(stem)]);
}

/** The stems of a word of a query, whose language is not known, in each of some languages that its script has. */
export function stemsOf(word: Word, languages: ReadonlySet<string>): Stem[] {
  const letters = word.letters.toLowerCase();
  const stems = Object.entries(stemmersOf(letters)).flatMap(([language, stemmer]) =>
    languages.has(language) ? stemmer(letters).map((stem): Stem => [language, fold(stem)]) : [],
  );
  return languages.has(NO_LANGUAGE) ? [...stems, [NO_LANGUAGE, word.folded]] : stems;
}

/** Cases of nouns in -ия. Their stem keeps the "и", without which Georgia (Грузия) is cargo (груз). */
const IN_IYA = /^(.{2,}и)(?:я|и|ю|ей|ею|ям|ях|ями)$/;

/** Endings of nouns and surnames in Russian and Ukrainian. */
const NOUN_ENDING = /^(.{3,}?)(?:ами|ями|ыми|ах|ях|ых|ам|ям|ым|ом|ем|ём|єм|ой|ей|ою|ею|єю|ов|ев|ёв|ів|їв|ью|[аяуюеёєоиіїыьй])$/;

/** Words without an ending that end like a case of others: Лавров, систем, страх. Their other cases follow the whole word. */
const NO_ENDING = /^.{3,}[вмх]$/;

/**
 * The stems of a word by its stemmer, as a noun and as a base form: stemmers take the nominative of nouns in -ан, -ов, -ит for a verb or an adjective, so that
 * Казахстан and Казахстаном have nothing in common.
 */
function slavic(stemmer: (word: string) => string): Stemmer {
  return (word) => {
    const [, inIya] = IN_IYA.exec(word) ?? [];
    if (inIya !== undefined) return [inIya];
    return [...new Set([stemmer(word), NOUN_ENDING.exec(word)?.[1] ?? word, ...(NO_ENDING.test(word) ? [word] : [])])];
  };
}

const stemmersOf = (letters: string): Readonly<Record<string, Stemmer>> => STEMMERS.find(([script]) => script.test(letters))?.[1] ?? {};

function defaultOf(stemmers: Readonly<Record<string, Stemmer>>, letters: string): string | undefined {
  return 'uk' in stemmers && UKRAINIAN.test(letters) ? 'uk' : Object.keys(stemmers)[0];
}
