-- The calendar in which a date is written: 'julian' or 'islamic-civil'; NULL or 'gregorian' for the Gregorian one.
ALTER TABLE moments ADD COLUMN calendar TEXT;
ALTER TABLE memberships ADD COLUMN period_calendar TEXT;
ALTER TABLE sources ADD COLUMN published_calendar TEXT;
