import type { Column, Input, Moment } from './record-model.ts';

/** What events, agreements and meetings have in common besides their dates. */
export const entryToColumns = (input: Input): Record<string, Column> => ({
  status: text(input['status']) ?? 'occurred',
  summary: text(input['summary']),
  note: text(input['note']),
});

/** The opposite of `entryToColumns`. */
export const entryFromColumns = (row: Record<string, Column>): Input => ({
  status: row['status'],
  summary: row['summary'] ?? undefined,
  note: row['note'] ?? undefined,
});

/** The timeline of a record with one date and one place: exactly one moment, undated when it has no date. */
export function oneMoment(role: string) {
  return {
    single: true,
    moments: (input: Input): Moment[] => {
      const date = input['date'] as { edtf: string; asStated?: string } | undefined; // @NOTE validated by the type's schema
      return [{ role, edtf: date?.edtf, asStated: date?.asStated, place: text(input['place']) ?? undefined }];
    },
    fromMoments: ([moment]: Moment[]): Input => ({
      date: moment?.edtf === undefined ? undefined : { edtf: moment.edtf, asStated: moment.asStated },
      place: moment?.place,
    }),
  };
}

/** A field that is a string, as a column. */
export const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A field that is a number, as a column. */
export const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** A field that is a list of strings, as a JSON column. */
export const list = (value: unknown): string | null => (Array.isArray(value) ? JSON.stringify(value) : null);

/** The opposite of `list`. */
export const fromList = (column: Column | undefined): unknown => (typeof column === 'string' ? JSON.parse(column) : undefined);
