/** Forms that no rule makes, and their base forms. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    man: 'men',
    woman: 'women',
    child: 'children childrens',
    person: 'people peoples',
    life: 'lives',
    wife: 'wives',
    crisis: 'crises',
    analysis: 'analyses',
    basis: 'bases',
    thesis: 'theses',
    criterion: 'criteria',
    bus: 'buses',
    gas: 'gases',
    lens: 'lenses',
    virus: 'viruses',
    status: 'statuses',
    die: 'dying',
    lie: 'lying',
    tie: 'tying',
    be: 'being',
    go: 'goes going gone went',
    do: 'does doing done did',
    use: 'used using uses',
    add: 'added adding adds',
    unite: 'united uniting unites',
    queue: 'queued queues',
    hold: 'held',
    meet: 'met',
    lead: 'led',
    take: 'took taken',
    give: 'gave given',
    begin: 'began begun',
    come: 'came',
    become: 'became',
    fall: 'fell fallen',
    fight: 'fought',
    flee: 'fled',
    build: 'built',
    send: 'sent',
    sell: 'sold',
    buy: 'bought',
    bring: 'brought',
    speak: 'spoke spoken',
    write: 'wrote written',
    withdraw: 'withdrew withdrawn',
    undertake: 'undertook undertaken',
    overthrow: 'overthrew overthrown',
    win: 'won',
    say: 'said',
    see: 'seen saw',
    make: 'made',
    know: 'knew known',
    grow: 'grew grown',
    choose: 'chose chosen',
    lose: 'lost',
    pay: 'paid',
    keep: 'kept',
    rise: 'risen rose',
    arise: 'arisen arose',
    seek: 'sought',
    spend: 'spent',
    strike: 'struck',
    teach: 'taught',
    tell: 'told',
    think: 'thought',
    understand: 'understood',
  }).flatMap(([base, forms]) => forms.split(' ').map((form) => [form, base] as const)),
);

/** Base forms that look like inflected ones, or that lose their "e" to another word: news, arms, wing; unite beside unit. */
const APART = new Set(
  `news arms customs goods means politics economics physics ethics mathematics statistics headquarters series species corps during evening
  morning ceiling wedding king wing ring spring string nothing something anything everything pakistani human humane moral morale
  local locale urban urbane unit unite hundred sacred`.split(/\s+/),
);

/** American spelling, as far as the endings need it. */
const SPELLINGS: readonly [RegExp, string][] = [
  [/i[sz](?=(?:e[ds]?|ing|ations?|ers?)$)/, 'iz'],
  [/y[sz](?=(?:e[ds]?|ing)$)/, 'yz'],
  [/^(lab|neighb|harb|hon|fav|behavi|col|endeav|rum)our/, '$1or'],
  [/^(cent|theat|met|kilomet|lit)re(?=[ds]?$)/, '$1er'],
  [/^(defen|offen|licen)c(?=es?$)/, '$1s'],
  [/^programme/, 'program'],
];

/** A stem of one syllable that ends in a vowel and a consonant, to which an "e" belongs: hop of hoping; hopping has two consonants. */
const SHORT = /^(?:qu|[^aeiouy])*[aeiouy][^aeiouwxy]$/;

const VOWEL = /[aeiouy]/;

/**
 * The key that the inflected forms of an English word share, in lower case: drug and drugs, party and parties, agreed and agreeing; British and American
 * spelling have one key. Words that are derived from it have others: stemmers make one word of organ and organization, and of unit and united.
 */
export function englishKey(word: string): string {
  const base = IRREGULAR.get(word) ?? word;
  if (APART.has(base)) return base;
  let american = base;
  for (const [spelling, replacement] of SPELLINGS) american = american.replace(spelling, replacement);
  const plain = withoutVerbEnding(american) ?? withoutPlural(american);
  return bare(IRREGULAR.get(plain) ?? plain);
}

/** The base form of a noun in the plural, or of a verb in the third person. */
function withoutPlural(word: string): string {
  if (word.length <= 3 || !word.endsWith('s')) return word;
  if (/(?:[^i]ss|ous|[^aeo]us|[^a]is)$/.test(word)) return word;
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  return /(?:ss|x|[cs]h|zz|[^aeiou]o)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** The base form of a word in -ed or -ing; undefined for others. */
function withoutVerbEnding(word: string): string | undefined {
  if (word.endsWith('ied')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (word.endsWith('eed')) return /(?:agr|fr|guarant|decr|refer)eed$/.test(word) ? word.slice(0, -1) : undefined;
  const [, stem, ending] = /^(.{2,}?)(ed|ings?)$/.exec(word) ?? [];
  if (stem === undefined || !VOWEL.test(stem) || (stem.length === 2 && ending !== 'ed')) return undefined;
  if (/([^aeiouflsz])\1$/.test(stem)) return stem.slice(0, -1);
  return SHORT.test(stem) ? `${stem}e` : stem;
}

/**
 * The word without what some of its forms lack: an "e" at its end (receive, received), unless the word is short (hope, hop), and the second "l" of
 * several syllables (controlled, control).
 */
function bare(word: string): string {
  if (word.endsWith('ll')) return (word.match(/[aeiouy]+/g) ?? []).length > 1 ? word.slice(0, -1) : word;
  if (!word.endsWith('e') || word.endsWith('ee')) return word;
  const stem = word.slice(0, -1);
  return SHORT.test(stem) || stem.length < 3 ? word : stem;
}
