import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEntryType } from '../../../src/domain/record-type.ts';
import { assemble } from '../../../src/records/document/assemble.ts';
import { renderRecord } from '../../../src/records/document/render.ts';
import { validate } from '../../../src/model/record.ts';
import { modelOf } from '../../../src/model/models.ts';
import { RECORD_TYPES } from '../../../src/domain/record-type.ts';
import { statement } from '../../../src/storage/port.ts';
import { arbitraryRecord, KNOWN_LINES } from '../../helpers/arbitrary-records.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { NOW } from '../../helpers/fixtures.ts';
import { idFieldsOf } from '../../helpers/record-ids.ts';
import { importLines } from '../../helpers/transfer.ts';

test.each(RECORD_TYPES)('every %s is read from the tables as it was written', async (type) => {
  const annals = await temporaryAnnals();
  await importLines(annals, KNOWN_LINES);
  const model = modelOf[type];
  let made = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryRecord(type), { minLength: 10, maxLength: 10 }), async (bodies) => {
      const lines = bodies.map((body) => ({ ...body, ...idFieldsOf(type, `made-${(made += 1)}`) }));
      await importLines(annals, lines);
      const [[row]] = await annals.engine.read([statement<[number]>('SELECT max(id) FROM records')]);
      const last = row![0];
      const { records } = await assemble(annals.engine, { first: last - lines.length + 1, last });
      expect(records.map(({ key }) => key)).toEqual(lines.map((_, index) => last - lines.length + 1 + index));
      for (const [index, { input, revision, createdAt }] of records.entries()) {
        const written = validate(model, lines[index]);
        const status = isEntryType(model.type) ? { status: 'occurred' } : {};
        expect(input).toEqual({ ...status, ...written });
        // The order of fields counts, too: what is rendered is compared by its bytes.
        const serverFields = { id: written.id, revision: 1, createdAt: NOW, updatedAt: NOW, verified: new Map() };
        expect(renderRecord(model, input, serverFields).toString()).toBe(renderRecord(model, written, serverFields).toString());
        expect({ revision, createdAt }).toEqual({ revision: 1, createdAt: NOW });
      }
    }),
    { numRuns: 20 },
  );
});
