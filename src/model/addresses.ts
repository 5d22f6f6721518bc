import type { Issue } from '../domain/errors.ts';
import type { RecordModel } from './record-model.ts';

/** The template of the addresses of the records of a type: `/v1/events/{id}`, `/v1/codebook/{vocabulary}/{slug}`. */
export const templateOfRecord = ({ path, idFields = ['id'] }: Pick<RecordModel, 'path'> & { idFields?: readonly string[] }): string =>
  `/v1/${path}/${idFields.map((field) => `{${field}}`).join('/')}`;

/** The address of a record by its id. */
export const addressOfRecord = ({ path, idFields }: Pick<RecordModel, 'path' | 'idFields'>, id: string): string =>
  `/v1/${path}/${idFields ? id.replace('-', '/') : id}`;

/** The id that the fields of a record make; undefined for a type without such fields. */
export const idMadeOf = ({ idFields }: Pick<RecordModel, 'idFields'>, values: Readonly<Record<string, unknown>>): string | undefined =>
  idFields?.map((field) => String(values[field])).join('-');

/** The issue of an id that its fields do not make. */
export const otherId = ({ idFields = [] }: Pick<RecordModel, 'idFields'>, made: string): Issue => ({
  pointer: '/id',
  message: `is not what ${idFields.join(' and ')} make: leave it out, or give "${made}"`,
});
