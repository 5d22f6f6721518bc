import { describe, expect, test } from 'vitest';
import { SLUG, slugged, slugOf } from '../../../src/domain/text/slug.ts';

const idOf = (title: string): string => slugOf(title, { kind: 'visit', type: 'event' });

/** Titles and their ids, by language. */
const TITLES: Record<string, [title: string, id: string][]> = {
  Russian: [
    ['Встреча в Душанбе', 'vstrecha-v-dushanbe'],
    ['Заседание 15-16 сентября', 'zasedanie-15-16-sentyabrya'],
    ['Саммит ШОС 2022', 'sammit-shos-2022'],
    ['Чрезвычайное совещание по Аральскому морю', 'chrezvychaynoe-soveshchanie-po-aralskomu-moryu'],
    ['Объединённые Нации', 'obedinennye-natsii'],
    ['XII съезд', 'xii-sezd'],
  ],
  Ukrainian: [
    ['Щорічна нарада щодо Чорнобиля', 'shchorichna-narada-shchodo-chornobilya'],
    ["Об'єднання громад", 'obiednannya-gromad'],
    ['Об’єднання ґрунтів', 'obiednannya-gruntiv'],
  ],
  Kazakh: [
    ['Қазақстан Республикасының Президенті', 'qazaqstan-respublikasynyng-prezidenti'],
    ['Шанхай ынтымақтастық ұйымы', 'shankhay-yntymaqtastyq-uyymy'],
    ['Асель Кенжеғұлова', 'asel-kenzheghulova'],
    ['Әлемдік үңгір және өзен', 'alemdik-unggir-zhane-ozen'],
  ],
  Uzbek: [
    ['Ўзбекистон Республикаси', 'uzbekiston-respublikasi'],
    ['Ғиждувон шаҳри', 'ghizhduvon-shahri'],
    ['Oʻrta Osiyo Kengashi', 'orta-osiyo-kengashi'],
    ['Gʻijduvon', 'gijduvon'],
    ['Sanʼat va O‘zbekiston', 'sanat-va-ozbekiston'],
  ],
  Kyrgyz: [
    ['Кыргыз Республикасы', 'kyrgyz-respublikasy'],
    ['Өнөктөштүк жөнүндө келишим', 'onoktoshtuk-zhonundo-kelishim'],
    ['Ысык-Көл саммити', 'ysyk-kol-sammiti'],
  ],
  Tajik: [
    ['Ҷумҳурии Тоҷикистон', 'jumhurii-tojikiston'],
    ['Мулоқот дар Душанбе', 'muloqot-dar-dushanbe'],
    ['Хуҷанд ва Қӯрғонтеппа', 'khujand-va-qurghonteppa'],
  ],
  Mongolian: [['Монгол Улсын Их Хурал', 'mongol-ulsyn-ikh-khural']],
  Arabic: [
    ['اجتماع دوشنبه', 'ajtma-dwshnbh'],
    ['الأمم المتحدة', 'alamm-almthdh'],
    ['قمة شنغهاي ٢٠٢٢', 'qmh-shnghhay-2022'],
  ],
  Persian: [
    ['جمهوری اسلامی ایران', 'jmhwry-aslamy-ayran'],
    ['کنفرانس ۱۴۰۱', 'knfrans-1401'],
    ['می\u200Cشود', 'myshwd'],
  ],
  Hebrew: [
    ['פגישה בירושלים', 'pgyshh-byrvshlym'],
    ['האומות המאוחדות', 'havmvt-hmavhdvt'],
  ],
  Chinese: [
    ['上海合作组织', 'shanghai-hezuo-zuzhi'],
    ['中亚峰会', 'zhongya-fenghui'],
    ['C5峰会', 'c5-fenghui'],
  ],
  Japanese: [
    ['東京サミット', 'dongjing-samitto'],
    ['ﾄﾞｩｼｬﾝﾍﾞ会議', 'doushiyanbe-huiyi'],
  ],
  Korean: [
    ['두샨베 회의', 'dusyanbe-hoeui'],
    ['대한민국', 'daehanmingug'],
  ],
  Georgian: [
    ['საქართველო', 'sakartvelo'],
    ['თბილისის შეხვედრა', 'tbilisis-shekhvedra'],
  ],
  Armenian: [
    ['Հայաստան', 'hayastan'],
    ['Երևանի հանդիպում', 'erevani-handipum'],
  ],
  Greek: [
    ['Συνάντηση στην Αθήνα', 'synantisi-stin-athina'],
    ['Ευρωπαϊκή Ένωση', 'europaiki-enosi'],
    ['Ουκρανία', 'oukrania'],
  ],
  Hindi: [
    ['दुशांबे बैठक', 'dusambe-baithk'],
    ['शिखर सम्मेलन २०२२', 'sikhr-smmeln-2022'],
  ],
  Thai: [
    ['สหประชาชาติ', 'shprachachati'],
    ['ประเทศไทย', 'prathesthaiy'],
  ],
  'other scripts': [
    ['ኢትዮጵያ', 'ityopya'],
    ['জাতিসংঘ', 'jatismgh'],
    ['བོད', 'bod'],
    ['ئۇيغۇر', 'iuyghur'],
  ],
  Latin: [
    ['António Guterres', 'antonio-guterres'],
    ['Straße nach Łódź', 'strasse-nach-lodz'],
    ['İstanbul, Şırnak', 'istanbul-sirnak'],
    ["L'Aquila, Côte d’Ivoire", 'l-aquila-cote-d-ivoire'],
    ["Women's rights", 'women-s-rights'],
    ['R&D in C++, € 100', 'r-d-in-c-100'],
    ['ＳＣＯ ﬁnal № 5, H₂O', 'sco-final-no-5-h2o'],
    ['Azərbaycan Respublikası', 'azerbaycan-respublikasi'],
    ['co\u00ADoperation', 'cooperation'],
    ['Zürich–Genève', 'zurich-geneve'],
  ],
};

describe.each(Object.entries(TITLES))('the id of a title in %s:', (_language, titles) => {
  test.each(titles)('%s', (title, id) => {
    expect(idOf(title)).toBe(id);
    expect(idOf(title.normalize('NFD'))).toBe(id);
    expect(id).toMatch(SLUG);
  });
});

test.each([
  ['2022', 'visit-2022'],
  ['15-16', 'visit-15-16'],
  ['9/11', 'visit-9-11'],
  ['٢٠٢٢', 'visit-2022'],
  ['½', 'visit-1-2'],
  ['🎉', 'visit'],
  ['???', 'visit'],
  ['ъ', 'visit'],
])('the title %s, which has digits alone or nothing to read, gives an id behind the kind: %s', (title, id) => {
  expect(idOf(title)).toBe(id);
});

test.each([
  ['1990', 'event-2022'],
  ['No word', 'event-2022'],
  [undefined, 'event-2022'],
  ['meeting', 'meeting-2022'],
  ['k'.repeat(80), 'k'.repeat(80)],
])('digits stand behind the type where the kind is %s and no word', (kind, id) => {
  expect(slugOf('2022', { kind, type: 'event' })).toBe(id);
});

test('an id has at most 80 characters, and ends with a whole word', () => {
  expect(idOf('Заседание комитета '.repeat(20))).toBe('zasedanie-komiteta-'.repeat(4).slice(0, -1));
  expect(idOf('中'.repeat(500)).length).toBeLessThanOrEqual(80);
  expect(idOf('ж'.repeat(500))).toBe('zh'.repeat(40));
});

test.each([
  ['Aral Sea', 'aral-sea'],
  ['Водные ресурсы', 'vodnye-resursy'],
  ['su_resurslari', 'su-resurslari'],
  ['2022', '2022'],
  ['🎉', '🎉'],
])('the word %s is asked and advised as %s', (word, slug) => {
  expect(slugged(word)).toBe(slug);
});
