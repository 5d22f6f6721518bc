import { RECORD_TYPES } from '../../domain/record-type.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { slugged } from '../../domain/text/slug.ts';
import { VOCABULARIES } from '../../model/code.ts';
import { modelOf } from '../../model/models.ts';
import type { Warning } from '../../model/page.ts';
import { idMadeOf } from '../../model/addresses.ts';
import { lookupKeys } from '../../records/names/names.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';

/** Values of a parameter in the words of the codebook. */

/** The slugs that values mean which are no words themselves, and warnings that say so. */
type CodedValues = { slugs: Map<string, string>; warnings: Warning[] };

/** Characters of a value that a warning repeats at most. */
const SHOWN = 80;

/**
 * Finds the values of a parameter that are synonyms or labels of a code of its vocabulary. A value that a record bears, or that is the slug of a code, is
 * itself. One that several codes have is left as it is, with a warning that names them.
 */
export async function codedValues(
  reader: Reader,
  parameter: string,
  { any, none }: { any: readonly string[]; none: readonly string[] },
): Promise<CodedValues> {
  const [slugs, warnings]: [Map<string, string>, Warning[]] = [new Map(), []];
  const values = [...new Set([...any, ...none])];
  if (values.length === 0 || !VOCABULARIES.some((each) => each === parameter)) return { slugs, warnings };
  const [words, named] = await reader.read([wordsAmong(parameter, values), codesNamed(parameter, values)]);
  const isWord = new Set(words.map(([index]) => index));
  for (const [index, value] of values.entries()) {
    const codes = isWord.has(index)
      ? []
      : [...new Set(named.flatMap(([of, id]) => (of === index ? [id.slice(parameter.length + 1)] : [])))];
    if (codes.length === 0) continue;
    const [code, ...others] = codes.toSorted();
    if (others.length === 0) slugs.set(value, code!);
    for (const sign of [...(any.includes(value) ? [''] : []), ...(none.includes(value) ? ['!'] : [])])
      warnings.push(readAs(parameter, sign, value, [code!, ...others]));
  }
  return { slugs, warnings };
}

function readAs(parameter: string, sign: string, asked: string, codes: readonly string[]): Warning {
  const value = sign + firstUnits(asked, SHOWN);
  const didYouMean = codes.slice(0, 3).map((code) => sign + code);
  const message =
    codes.length === 1
      ? `${parameter}=${value} is read as ${didYouMean[0]}`
      : `${parameter}=${value} may mean ${didYouMean.join(' or ')}: give one of these`;
  return { parameter, value, message, didYouMean };
}

/** Reads which values are words themselves, by their indexes: slugs that some record bears, and slugs of codes. */
const wordsAmong = (vocabulary: string, values: readonly string[]): Statement<[index: number]> => ({
  sql: `SELECT ${dialect.ordinal('j')} FROM ${dialect.elements('j', ':words')} WHERE EXISTS (SELECT 1 FROM ${dialect.elements('y', ':types')} CROSS JOIN vocabulary v
      ON v.type = ${dialect.value('y', 'text')} AND v.field = :vocabulary AND v.value = ${dialect.column('j', 0, 'text')})
    OR EXISTS (SELECT 1 FROM records r WHERE r.type = 'code' AND r.slug = ${dialect.column('j', 1, 'text')})`,
  params: [
    {
      vocabulary,
      words: JSON.stringify(values.map(slugged).map((slug) => [slug, idMadeOf(modelOf.code, { vocabulary, slug })])),
      types: JSON.stringify(RECORD_TYPES),
    },
  ],
  cacheable: true,
});

/** Reads the codes of a vocabulary with some names and identifiers: the index of the value, and the id. */
const codesNamed = (vocabulary: string, values: readonly string[]): Statement<[index: number, id: string]> => ({
  sql: `SELECT ${dialect.column('j', 0, 'integer')}, r.slug FROM ${dialect.elements('j', ':keys')}
    CROSS JOIN lookups l ON l.type = 'code' AND l.key = ${dialect.column('j', 1, 'text')}
    CROSS JOIN records r ON r.id = l.record_id AND r.kind = :vocabulary`,
  params: [{ vocabulary, keys: JSON.stringify(values.flatMap((value, index) => lookupKeys(value).map((key) => [index, key]))) }],
  cacheable: true,
});
