import { z } from 'zod';
import { isVisible } from '../domain/text/name.ts';
import { SLUG, SLUG_MAX } from '../domain/text/slug.ts';

/**
 * The strings of the contract. Control characters, NUL and lone surrogates are refused for the whole body before any schema is
 * asked (`domain/json/json.ts`), so the schemas here state only lengths and patterns.
 */

/** Stops at the first issue: an empty value gets no second issue about its pattern. */
export const ONE_REASON = { abort: true } as const;

/** An id: unique within its type, immutable. */
export const Id = z
  .string()
  .regex(SLUG, 'use lower-case letters, digits and single hyphens, such as "tashkent-declaration-2018"')
  .max(SLUG_MAX);

/** A kind, role, topic or relation type: lower-case, open to new values. `GET /v1/vocabulary` lists those in use. */
export const Slug = z.string().regex(SLUG, 'use lower-case letters, digits and single hyphens, such as "action-plan"').max(SLUG_MAX);

/** A reference to an actor, place or source: its id; in what comes in also any of its names, or `scheme:value` (such as `iso3166-1:KZ`). */
export const Reference = z.string().min(1).max(300);

/**
 * A record in a path: its id or, where its type has names, any of them. The pattern says which characters `textIssue` refuses, but
 * for U+2028 and U+2029: RE2 and ECMAScript, which must both read it, write those differently.
 */
export const IdOrName = z
  .string()
  .min(1)
  .max(300)
  .meta({ override: { pattern: '^[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]+$' } });

/** The reason to refuse a text of invisible characters. */
export const SHOWS_NOTHING = 'shows nothing: give at least one character that can be seen';

/** The schema of one line of at most so many characters, at least one of which can be seen. */
export const lineOf = (max: number) =>
  z
    .string()
    .min(1, ONE_REASON)
    .max(max)
    .regex(/\S/, { message: 'give at least one character that is not a space', abort: true })
    .refine(isVisible, SHOWS_NOTHING);

/** One line: a label, a phrase, a wording. */
export const Line = lineOf(500);

/** The title or the name of a record. */
export const Title = lineOf(1000);

/** A paragraph or more of prose. */
export const Prose = z.string().min(1, ONE_REASON).max(100_000).regex(/\S/, 'give at least one character that is not a space');

/** A word-like string: a unit, a symbol, a scheme. */
export const Token = lineOf(100);

/** An address on the web. */
export const WebAddress = z
  .string()
  .max(2000)
  .meta({ format: 'uri' })
  .refine((value) => /^https?:\/\/[^\s]+$/.test(value) && URL.canParse(value), 'use an absolute http or https address');

/** Terms of use: an SPDX identifier or the address of a licence. */
export const License = z
  .string()
  .min(1, ONE_REASON)
  .max(300)
  .refine(isVisible, SHOWS_NOTHING)
  .describe('The licence: its SPDX identifier, such as `CC-BY-4.0`, its name or its address.');

/** The form of a key of attributes, and its maximum length. */
export const ATTRIBUTE_KEY = /^[A-Za-z][A-Za-z0-9_.-]*$/;
export const ATTRIBUTE_KEY_MAX = 80;

/** A parameter that is true or false. */
export const booleanParameter = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .meta({ description, override: { type: 'boolean', enum: undefined } });

/** A BCP 47 language tag. */
export const Language = z
  .string()
  .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'use a language tag such as "en", "ru" or "uz-Latn"')
  .max(35);

/** An instant, RFC 3339, in UTC with milliseconds. */
export const Instant = z.string().meta({ format: 'date-time', description: 'RFC 3339, in UTC with milliseconds.' });
