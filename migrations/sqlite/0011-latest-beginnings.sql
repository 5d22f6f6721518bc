-- How many moments of a term had begun, at the latest, in a month: with those that began and ended, it tells what had certainly begun before a window.
ALTER TABLE monthly_counts ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;

-- Moments whose first day is not known exactly, by the latest one: those that had begun by a day in the middle of a month.
CREATE INDEX moments_by_latest_start ON moments (start_max, start_min, level, position) WHERE start_max > start_min;
