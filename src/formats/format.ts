import type { z } from 'zod';
import type { RecordState } from '../domain/etag.ts';
import type { NameWarning, Page, Revision } from '../model/page.ts';

/** The results of operations by their form. A Buffer is the document of a record; an object has none. A write may have warnings. */
export type Results = {
  record: RecordState & { document: Buffer; warnings?: readonly NameWarning[] };
  records: Page;
  moments: Page;
  revisions: { items: Revision[]; next?: string };
  object: Record<string, unknown> & { next?: string };
};

/** A form of result. */
export type Form = keyof Results;

/** An output format: results to bytes. A form without an encoder is never asked of it. The generation is part of the ETag of each record. */
export type Format = {
  name: string;
  mediaType: string;
  /** The media type with its parameters, as it is sent. */
  contentType: string;
  /** The schema of its answers where it is not that of the operation. */
  schema?: z.ZodType;
  encode: { [Each in Form]?: (result: Results[Each], generation: string) => Buffer };
};

/** Some formats. The first encodes every form. */
export type Formats = readonly [Format, ...Format[]];
