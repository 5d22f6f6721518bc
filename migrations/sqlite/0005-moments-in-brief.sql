-- Whose a moment is, when it begins at the latest and ends at the earliest: the rest of its row is fifteen times as long, and a page of
-- records needs none of it at the fifty places where its moments are (records/timeline).
CREATE INDEX moments_in_brief ON moments (id, record_id, start_max, end_min);
