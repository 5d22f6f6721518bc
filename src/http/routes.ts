import type { RecordModel } from '../model/record-model.ts';
import { templateOfRecord } from '../model/addresses.ts';
import { models } from '../model/models.ts';
import type { Operation, RequiredScope, UnroutedOperation } from './contract/operation.ts';
import { exportRecords } from './operations/export.ts';
import { getHealth, getReadiness } from './operations/health.ts';
import { importRecords } from './operations/import.ts';
import { createRecord, deleteRecord, getRecord, listRecords, listRelations, listRevisions, updateRecord } from './operations/records.ts';
import { getVocabulary, listChanges, search } from './operations/search.ts';
import { getSourceParagraph, getSourceText, listSourceParagraphs, putSourceText } from './operations/texts.ts';
import { getTimelineCounts, getTimelineHistogram, listActorCounterparts, listActorTimeline, listTimeline } from './operations/timeline.ts';

/** Every operation of the API at its address, with the scope it needs, in the order of the reference. */
export const OPERATIONS: readonly Operation[] = [
  route('GET', '/v1/timeline', 'read', listTimeline),
  route('GET', '/v1/timeline/histogram', 'read', getTimelineHistogram),
  route('GET', '/v1/timeline/counts', 'read', getTimelineCounts),
  route('GET', '/v1/actors/{id}/timeline', 'read', listActorTimeline),
  route('GET', '/v1/actors/{id}/counterparts', 'read', listActorCounterparts),
  ...models.toReversed().flatMap(recordRoutes),
  route('PUT', '/v1/sources/{id}/text', 'write', putSourceText),
  route('GET', '/v1/sources/{id}/text', 'read', getSourceText),
  route('GET', '/v1/sources/{id}/paragraphs', 'read', listSourceParagraphs),
  route('GET', '/v1/sources/{id}/paragraphs/{number}', 'read', getSourceParagraph),
  route('GET', '/v1/search', 'read', search),
  route('GET', '/v1/vocabulary', 'read', getVocabulary),
  route('GET', '/v1/changes', 'read', listChanges),
  route('GET', '/v1/export', 'read', exportRecords),
  route('POST', '/v1/import', 'write', importRecords),
  route('GET', '/healthz', 'none', getHealth),
  route('GET', '/readyz', 'none', getReadiness),
];

/** The operations of one record type: `/v1/events` and so on. */
function recordRoutes(model: RecordModel): Operation[] {
  const path = `/v1/${model.path}`;
  const record = templateOfRecord(model);
  return [
    route('GET', path, 'read', listRecords(model)),
    route('POST', path, 'write', createRecord(model)),
    route('GET', record, 'read', getRecord(model)),
    route('PATCH', record, 'write', updateRecord(model)),
    route('DELETE', record, 'write', deleteRecord(model)),
    route('GET', `${record}/related`, 'read', listRelations(model)),
    route('GET', `${record}/history`, 'read', listRevisions(model)),
  ];
}

function route(method: Operation['method'], path: string, scope: RequiredScope, operation: UnroutedOperation): Operation {
  return { method, path, scope, ...operation };
}
