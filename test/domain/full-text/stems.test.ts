import { describe, expect, test } from 'vitest';
import { stemsIn } from '../../../src/domain/full-text/stems.ts';
import { wordsOf } from '../../../src/domain/full-text/words.ts';

const stems = (word: string, language: string): string[] => stemsIn(wordsOf(word)[0]!, language).map(([, stem]) => stem);

/** Words that no stem of the first word finds. */
const lost = (language: string, words: string): string[] => {
  const [first, ...others] = words.split(' ');
  const known = new Set(stems(first!, language));
  return others.filter((word) => !stems(word, language).some((stem) => known.has(stem)));
};

describe('the forms of a word share a stem:', () => {
  test.each([
    ['en', 'drug drugs'],
    ['en', 'agree agrees agreed agreeing'],
    ['en', 'need needs needed needing'],
    ['en', 'modernisation modernization'],
    ['ru', 'Казахстан Казахстана Казахстану Казахстаном Казахстане'],
    ['ru', 'Иран Ирана Ирану Ираном Иране'],
    ['ru', 'Мирзиёев Мирзиёева Мирзиёеву Мирзиёевым Мирзиёеве'],
    ['ru', 'договор договора договором договоры договоров договорами'],
    ['ru', 'организация организации организацией организаций'],
    ['ru', 'система системы системе системой систем'],
    ['ru', 'страх страха страху страхом страхе'],
    ['uk', 'угода угоди угоду угодою'],
    ['de', 'Vertrag Vertrages Verträge Verträgen'],
    ['fr', 'traité traités'],
    ['nb', 'avtale avtaler avtalen avtalene'],
    ['hi', 'दीवार दीवारें दीवारों'],
    ['ar', 'صياد الصيادون'],
  ])('%s: %s', (language, words) => {
    expect(lost(language, words)).toEqual([]);
  });
});

describe('other words have other stems:', () => {
  test.each([
    ['en', 'organ organization'],
    ['en', 'us used'],
    ['en', 'police policy'],
    ['en', 'university universe'],
    ['en', 'gas GA'],
    ['en', 'wit witness'],
    ['ru', 'Грузия груз'],
    ['ru', 'нация национальный'],
    ['ru', 'война войско'],
    ['hi', 'जल जाल'],
  ])('%s: %s', (language, words) => {
    expect(lost(language, words)).toEqual(words.split(' ').slice(1));
  });
});
