import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/domain/text/fold.ts';
import { nameKey } from '../../../src/domain/text/name.ts';

describe('folding', () => {
  it.each([
    ['the case of letters', 'SCO', 'sco'],
    ['diacritics of Latin', 'António Şimşek Dvořák', 'antonio simsek dvorak'],
    ['Latin letters that do not decompose', 'Wałęsa Bjørn Đinđić Kılıç Groß Æthelstan ẞ', 'walesa bjorn dindic kilic gross aethelstan ss'],
    ['the dotted capital I', 'İstanbul', 'istanbul'],
    ['diacritics and final sigma of Greek', 'Ελλάς Ύδρα', 'ελλασ υδρα'],
    ['ё, й and ї', 'Объединённых Байконур Київ', 'объединенных баиконур киів'],
    ['letters of Kazakh and Tajik', 'Қазақстан Тоҷикистон Өзбекстан', 'казакстан точикистон озбекстан'],
    ['apostrophe letters', 'Oʻzbekiston Gʼijduvon maʿno', 'ozbekiston gijduvon mano'],
    ['Arabic vowels, hamzas, tatweel and presentation forms', 'إِيرَان ﺇﻳﺮﺍﻥ ايـــران', 'ايران ايران ايران'],
    ['Persian letters', 'ایران کابل', 'ايران كابل'],
    ['Hebrew points', 'שָׁלוֹם', 'שלומ'.replace('מ', 'ם')],
    ['width forms and ligatures', 'ＳＣＯ ﬁnal ｶﾞ', 'sco final ガ'],
    ['mathematical letters', '𝕌𝕟', 'un'],
    ['digits of other scripts', '١٩٩١ ۱۹۹۱ १९९१', '1991 1991 1991'],
    ['soft hyphens and zero-width characters', 'co\u00ADoper\u200Bation\uFEFF', 'cooperation'],
  ])('folds %s', (_, text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['vowel signs of Hindi', 'का', 'की'],
    ['syllables of kana', 'は', 'ば'],
    ['syllables of Hangul', '가', '각'],
    ['letters of Russian', 'ш', 'щ'],
  ])('keeps %s apart', (_, one, other) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  it('is the same for a text and its folded form, composed or not', () => {
    for (const text of ['Ёлка', 'É', 'ガ', '한국', 'का', 'क़', 'İI', 'Ǆ', 'ΰ'])
      for (const form of ['NFC', 'NFD'] as const) {
        expect(fold(text.normalize(form))).toBe(fold(text));
        expect(fold(fold(text))).toBe(fold(text));
      }
  });
});

describe('the key of a name', () => {
  it.each([
    ['The United Nations', 'united nations'],
    ['Oʻrta Osiyo Kengashi', "O'rta Osiyo Kengashi"],
    ['Oʻrta Osiyo Kengashi', 'O‘rta Osiyo Kengashi'],
    ['Oʻrta Osiyo Kengashi', 'Orta Osiyo Kengashi'],
    ['Trade & Industry', 'Trade and Industry'],
    ['U.N.', 'UN'],
  ])('is the same for %s and %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });
});
