-- The one moment of an event or a meeting has the role `date`: `occurred` or `held` beside the status `planned` said two things. The items of the
-- timeline and the index, which hold the role too, are rebuilt after the migration: the definition of the index is newer (src/index/entry.ts).
UPDATE moments SET role = 'date' WHERE record_id IN (SELECT id FROM records WHERE type IN ('event', 'meeting'));
