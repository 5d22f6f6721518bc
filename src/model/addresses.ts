import type { RecordModel } from './record-model.ts';

/** The template of the addresses of the records of a type: `/v1/events/{id}`, `/v1/codebook/{vocabulary}/{slug}`. */
export const templateOfRecord = ({ path, idFields = ['id'] }: Pick<RecordModel, 'path'> & { idFields?: readonly string[] }): string =>
  `/v1/${path}/${idFields.map((field) => `{${field}}`).join('/')}`;

/** The address of a record by its id. */
export const addressOfRecord = ({ path, idFields }: Pick<RecordModel, 'path' | 'idFields'>, id: string): string =>
  `/v1/${path}/${idFields ? id.replace('-', '/') : id}`;
