-- How a date is known: stated by the source (NULL or 'stated'), or inferred from it by the reader.
ALTER TABLE moments ADD COLUMN basis TEXT;
ALTER TABLE memberships ADD COLUMN period_basis TEXT;
ALTER TABLE sources ADD COLUMN published_basis TEXT;

-- 1 for a date with "?" or "%", of which nothing is certain. The members of one of several dates: a JSON array of first day, last day and, of a run
-- of several units, the index of the unit.
ALTER TABLE moments ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE moments ADD COLUMN members TEXT;

-- All that the overlap of a moment with a window needs, but for its first day, which its position has.
DROP INDEX moments_in_brief;
CREATE INDEX moments_in_brief ON moments (id, record_id, start_max, end_min, end_max, doubted);
