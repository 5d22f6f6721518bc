-- Who takes part in an entry is read out of the index alone: counterparts are counted over thousands of entries.
DROP INDEX participations_by_record;
CREATE INDEX participations_by_record ON participations (record_id, ordinal, actor_id, on_behalf_of_id);
