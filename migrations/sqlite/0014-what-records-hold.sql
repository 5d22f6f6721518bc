-- Several places of an entry, and several places in which a place lies. The one that each had is the first.
CREATE TABLE entry_places (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  place_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_places_by_place ON entry_places (place_id, record_id);
INSERT INTO entry_places (record_id, ordinal, place_id)
  SELECT m.record_id, 0, m.place_id FROM moments m JOIN records r ON r.id = m.record_id WHERE r.type IN ('event', 'meeting') AND m.place_id IS NOT NULL;
UPDATE moments SET place_id = NULL WHERE id IN (
  SELECT m.id FROM moments m JOIN records r ON r.id = m.record_id WHERE r.type IN ('event', 'meeting') AND m.place_id IS NOT NULL);

CREATE TABLE place_wholes (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  whole_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_wholes_by_whole ON place_wholes (whole_id, record_id);
INSERT INTO place_wholes (record_id, ordinal, whole_id) SELECT record_id, 0, country_id FROM places WHERE country_id IS NOT NULL;
DROP INDEX places_by_country;
ALTER TABLE places DROP COLUMN country_id;

-- The coordinates of places, for the questions near a point and within a box. An R-tree rounds its bounds outwards: the columns of `places` decide.
CREATE VIRTUAL TABLE place_points USING rtree (id, min_latitude, max_latitude, min_longitude, max_longitude);
INSERT INTO place_points SELECT record_id, latitude, latitude, longitude, longitude FROM places WHERE latitude IS NOT NULL;
CREATE TRIGGER place_points_added AFTER INSERT ON places WHEN NEW.latitude IS NOT NULL BEGIN
  INSERT INTO place_points VALUES (NEW.record_id, NEW.latitude, NEW.latitude, NEW.longitude, NEW.longitude);
END;
CREATE TRIGGER place_points_changed AFTER UPDATE OF latitude, longitude ON places BEGIN
  DELETE FROM place_points WHERE id = OLD.record_id;
  INSERT INTO place_points SELECT NEW.record_id, NEW.latitude, NEW.latitude, NEW.longitude, NEW.longitude WHERE NEW.latitude IS NOT NULL;
END;
CREATE TRIGGER place_points_deleted AFTER DELETE ON places WHEN OLD.latitude IS NOT NULL BEGIN
  DELETE FROM place_points WHERE id = OLD.record_id;
END;

-- Names with the period of their use, and without a kind.
CREATE TABLE new_names (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  language TEXT,
  kind TEXT,
  period_edtf TEXT,
  period_as_stated TEXT,
  period_basis TEXT,
  period_calendar TEXT,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO new_names (record_id, ordinal, name, language, kind) SELECT record_id, ordinal, name, language, kind FROM names;
DROP TABLE names;
ALTER TABLE new_names RENAME TO names;

-- How an identifier matches: 'exact' or NULL, or 'close'.
ALTER TABLE identifiers ADD COLUMN match TEXT;

CREATE TABLE links (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  url TEXT NOT NULL,
  title TEXT,
  kind TEXT,
  credit TEXT,
  license TEXT,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Attributes as a JSON object. Those of actors, places and sources are found by `attribute_terms`, a JSON array of `key:value`; those of entries are terms.
ALTER TABLE events ADD COLUMN attributes TEXT;
ALTER TABLE agreements ADD COLUMN attributes TEXT;
ALTER TABLE meetings ADD COLUMN attributes TEXT;
ALTER TABLE actors ADD COLUMN attributes TEXT;
ALTER TABLE actors ADD COLUMN attribute_terms TEXT;
ALTER TABLE places ADD COLUMN attributes TEXT;
ALTER TABLE places ADD COLUMN attribute_terms TEXT;
ALTER TABLE sources ADD COLUMN attributes TEXT;
ALTER TABLE sources ADD COLUMN attribute_terms TEXT;

-- Figures as a range, with or without a best value, each with the slug of its label, which the rebuild of what is derived fills in.
CREATE TABLE new_figures (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  label TEXT NOT NULL,
  value REAL,
  low REAL,
  high REAL,
  unit TEXT NOT NULL,
  qualifier TEXT NOT NULL,
  as_stated TEXT,
  attributed_to_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  key TEXT NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO new_figures (record_id, ordinal, label, value, unit, qualifier, as_stated, attributed_to_id, key)
  SELECT record_id, ordinal, label, value, unit, qualifier, as_stated, attributed_to_id, '' FROM figures;
DROP TABLE figures;
ALTER TABLE new_figures RENAME TO figures;
CREATE INDEX figures_by_attribution ON figures (attributed_to_id) WHERE attributed_to_id IS NOT NULL;

-- Authors one by one, each with the key of its name, which the rebuild of what is derived fills in.
CREATE TABLE authors (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX authors_by_key ON authors (key, record_id);
INSERT INTO authors (record_id, ordinal, name, key)
  SELECT s.record_id, a.key, a.value, '' FROM sources s CROSS JOIN json_each(s.authors) a WHERE s.authors IS NOT NULL;
ALTER TABLE sources DROP COLUMN authors;
ALTER TABLE sources ADD COLUMN editors TEXT; -- a JSON array
ALTER TABLE sources ADD COLUMN journal TEXT;
ALTER TABLE sources ADD COLUMN volume TEXT;
ALTER TABLE sources ADD COLUMN issue TEXT;
ALTER TABLE sources ADD COLUMN pages TEXT;
ALTER TABLE sources ADD COLUMN license TEXT;
-- The days of the date of publication, derived.
ALTER TABLE sources ADD COLUMN published_start_min INTEGER;
ALTER TABLE sources ADD COLUMN published_start_max INTEGER;
ALTER TABLE sources ADD COLUMN published_end_min INTEGER;
ALTER TABLE sources ADD COLUMN published_end_max INTEGER;
ALTER TABLE sources ADD COLUMN published_doubted INTEGER;
ALTER TABLE sources ADD COLUMN published_members TEXT;

-- Citations of a membership stand after those of the record itself; `part` names it: `memberships/0`.
ALTER TABLE citations ADD COLUMN part TEXT;

-- Memberships on behalf of another actor, and the days that each certainly covers, which the rebuild of what is derived fills in.
ALTER TABLE memberships ADD COLUMN on_behalf_of_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX memberships_by_principal ON memberships (on_behalf_of_id) WHERE on_behalf_of_id IS NOT NULL;
ALTER TABLE memberships ADD COLUMN start_max INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN end_min INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN members TEXT; -- of one of several dates, as in moments

-- The days in which an actor may have existed, and those in which it certainly did, in the moment with which that begins.
ALTER TABLE moments ADD COLUMN exists_start_min INTEGER;
ALTER TABLE moments ADD COLUMN exists_start_max INTEGER;
ALTER TABLE moments ADD COLUMN exists_end_min INTEGER;
ALTER TABLE moments ADD COLUMN exists_end_max INTEGER;
CREATE INDEX moments_by_existence ON moments (record_id, exists_start_min, exists_end_max) WHERE exists_start_min IS NOT NULL;

-- A membership with a period is a moment of the actor. Where it lies, and what it is on the timeline, the rebuild of what is derived fills in.
INSERT INTO moments (id, record_id, ordinal, position, level, role, edtf, as_stated, basis, calendar,
    start_min, start_max, end_min, end_max, start_month, start_month_max, end_month, item)
  SELECT s.next - 1 + row_number() OVER (ORDER BY m.record_id, m.ordinal), m.record_id,
      row_number() OVER (PARTITION BY m.record_id ORDER BY m.ordinal) - 1, 0, 0, coalesce(m.role, 'member'), m.period_edtf, m.period_as_stated,
      m.period_basis, m.period_calendar, 0, 0, 0, 0, 0, 0, 0, X''
    FROM memberships m CROSS JOIN sequences s WHERE s.name = 'moment' AND m.period_edtf IS NOT NULL;
UPDATE sequences SET next = next + (SELECT count(*) FROM memberships WHERE period_edtf IS NOT NULL) WHERE name = 'moment';
