-- The relational tables are the truth. The documents, `lookups`, `postings`, `tallies`, `vocabulary`, `search` and `nearby` are derived
-- from them in the transaction that changes them (most by the views at the end), and can be rebuilt: `annals reindex`.
-- Days are days since 1970-01-01, months year * 12 + month - 1, instants milliseconds since 1970-01-01 UTC.

-- Blocks of integer keys are taken from here, so that a batch knows its keys before it is written.
CREATE TABLE sequences (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sequences (name, next) VALUES ('record', 1), ('moment', 1);

CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  slug TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  document BLOB NOT NULL,
  UNIQUE (type, slug)
) STRICT;
CREATE INDEX records_by_title ON records (type, sort_title, id);
CREATE INDEX records_by_update ON records (type, updated_at, id);
-- Kinds of entries are terms of the interval index.
CREATE INDEX records_by_kind ON records (type, kind, sort_title, id) WHERE type IN ('place', 'actor', 'source');

CREATE TABLE events (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  summary TEXT,
  note TEXT
) STRICT;

CREATE TABLE agreements (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  summary TEXT,
  note TEXT,
  symbol TEXT
) STRICT;

CREATE TABLE meetings (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  summary TEXT,
  note TEXT,
  number INTEGER,
  symbols TEXT, -- a JSON array
  start_time TEXT,
  end_time TEXT,
  time_zone TEXT,
  format TEXT
) STRICT;

CREATE TABLE actors (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  description TEXT,
  note TEXT,
  part_of_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX actors_by_whole ON actors (part_of_id) WHERE part_of_id IS NOT NULL;

CREATE TABLE sources (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  summary TEXT,
  note TEXT,
  authors TEXT, -- a JSON array
  publisher TEXT,
  symbol TEXT,
  language TEXT,
  published_edtf TEXT,
  published_as_stated TEXT,
  url TEXT,
  sha256 TEXT,
  paragraphs INTEGER
) STRICT;

CREATE TABLE places (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  note TEXT,
  country_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  latitude REAL,
  longitude REAL
) STRICT;
CREATE INDEX places_by_country ON places (country_id) WHERE country_id IS NOT NULL;

CREATE TABLE paragraphs (
  source_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (source_id, number)
) STRICT;

CREATE TABLE names (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  language TEXT,
  kind TEXT NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What an actor, place or source is found under: the key of its name and of each of its names, and its identifiers as scheme:value.
CREATE TABLE lookups (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  UNIQUE (type, key, record_id)
) STRICT;
CREATE INDEX lookups_by_record ON lookups (record_id);

-- `position` is the moment's place on the timeline, one integer that sorts (storage/interval-index.ts): days since -5000000 of the earliest
-- day (23 bits), the level (5 bits), the id (25 bits).
CREATE TABLE moments (
  id INTEGER PRIMARY KEY,
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  position INTEGER NOT NULL,
  level INTEGER NOT NULL,
  role TEXT,                     -- NULL only for the one moment of an agreement without any date
  edtf TEXT,                     -- NULL when undated
  as_stated TEXT,
  place_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  start_min INTEGER NOT NULL,
  start_max INTEGER NOT NULL,
  end_min INTEGER NOT NULL,
  end_max INTEGER NOT NULL,
  start_month INTEGER NOT NULL,  -- months of start_min, start_max and end_max
  start_month_max INTEGER NOT NULL,
  end_month INTEGER NOT NULL,
  item BLOB NOT NULL             -- this moment on the timeline, the JSON bytes that leave the house
) STRICT;
CREATE INDEX moments_by_record ON moments (record_id, ordinal);
CREATE INDEX moments_by_place ON moments (place_id) WHERE place_id IS NOT NULL;

CREATE TABLE participations (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  moment_id INTEGER REFERENCES moments (id) ON DELETE CASCADE, -- NULL: in the entry as a whole
  ordinal INTEGER NOT NULL,
  actor_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  role TEXT NOT NULL,
  on_behalf_of_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  as_stated TEXT
) STRICT;
CREATE INDEX participations_by_record ON participations (record_id, ordinal);
CREATE INDEX participations_by_moment ON participations (moment_id) WHERE moment_id IS NOT NULL;
CREATE INDEX participations_by_actor ON participations (actor_id, record_id);
CREATE INDEX participations_by_principal ON participations (on_behalf_of_id, record_id) WHERE on_behalf_of_id IS NOT NULL;

CREATE TABLE citations (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  paragraph INTEGER,
  page TEXT,
  phrase TEXT,
  supports TEXT, -- a JSON array
  stance TEXT,
  attributed_to_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  note TEXT,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX citations_by_source ON citations (source_id, record_id);
CREATE INDEX citations_by_attribution ON citations (attributed_to_id) WHERE attributed_to_id IS NOT NULL;

CREATE TABLE relations (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  type TEXT NOT NULL,
  to_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_by_target ON relations (to_id, record_id);

CREATE TABLE figures (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  label TEXT NOT NULL,
  value REAL NOT NULL,
  unit TEXT NOT NULL,
  qualifier TEXT NOT NULL,
  as_stated TEXT,
  attributed_to_id INTEGER REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX figures_by_attribution ON figures (attributed_to_id) WHERE attributed_to_id IS NOT NULL;

CREATE TABLE memberships (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  organization_id INTEGER NOT NULL REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED,
  role TEXT,
  period_edtf TEXT,
  period_as_stated TEXT,
  start_min INTEGER NOT NULL, -- the days the membership may cover; without a period, all days
  end_max INTEGER NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_organization ON memberships (organization_id, record_id);

CREATE TABLE identifiers (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE topics (
  record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (record_id, ordinal)
) STRICT, WITHOUT ROWID;

-- The interval index: one inverted index for every filter (storage/interval-index.ts). Within a level, rows are in timeline order.
CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 0, -- of its postings
  UNIQUE (field, value)
) STRICT;

CREATE TABLE postings (
  term INTEGER NOT NULL,
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  end_day INTEGER NOT NULL,
  PRIMARY KEY (term, level, position)
) STRICT, WITHOUT ROWID;

-- How many moments of a term began (at the earliest) and ended (at the latest) in a month; of those that began, how many may have
-- begun only in a later month, year, decade or century. Undated moments stand in month 1000000.
CREATE TABLE tallies (
  term INTEGER NOT NULL,
  type TEXT NOT NULL,
  month INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  spill_month INTEGER NOT NULL,
  spill_year INTEGER NOT NULL,
  spill_decade INTEGER NOT NULL,
  spill_century INTEGER NOT NULL,
  PRIMARY KEY (term, type, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE vocabulary (
  type TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (type, field, value)
) STRICT, WITHOUT ROWID;

-- The log: one row per create, update and delete, gapless. `replaced` holds the document that an update or delete replaced, so that
-- every revision can be read without keeping the current one twice.
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  slug TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('created', 'updated', 'deleted')),
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  replaced BLOB,
  UNIQUE (type, slug, revision)
) STRICT;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- The keys of `lookups` by their trigrams, for `didYouMean`.
CREATE VIRTUAL TABLE nearby USING fts5 (key, content = '', contentless_delete = 1, tokenize = 'trigram');

-- Full text. One row per moment of an entry, with the moment's position as rowid, so that rows are in timeline order; one per other
-- record, with its negative id. `tags` holds the moment's terms as `t<id>`, its level as `l<level>` and the record's type as `y<type>`,
-- so that text, terms and a window are answered by one index.
CREATE VIRTUAL TABLE search USING fts5 (
  title, names, body, tags,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Who takes part in a moment: the participants of the entry as a whole and those of this moment, and those they act for.
CREATE VIEW moment_actors (moment, record, actor, role) AS
  SELECT m.id, m.record_id, r.slug, p.role
    FROM moments m JOIN participations p ON p.record_id = m.record_id AND (p.moment_id IS NULL OR p.moment_id = m.id)
    JOIN records r ON r.id = p.actor_id
  UNION
  SELECT m.id, m.record_id, r.slug, p.role
    FROM moments m JOIN participations p ON p.record_id = m.record_id AND (p.moment_id IS NULL OR p.moment_id = m.id)
    JOIN records r ON r.id = p.on_behalf_of_id;

-- The terms of every moment: everything it can be asked for. Each arm gives distinct rows.
CREATE VIEW moment_terms (moment, record, field, value) AS
  SELECT m.id, m.record_id, 'everything', '' FROM moments m
  UNION ALL SELECT m.id, m.record_id, 'type', r.type FROM moments m JOIN records r ON r.id = m.record_id
  UNION ALL SELECT m.id, m.record_id, 'kind', r.kind FROM moments m JOIN records r ON r.id = m.record_id
  UNION ALL SELECT m.id, m.record_id, 'moment', m.role FROM moments m WHERE m.role IS NOT NULL
  UNION ALL SELECT m.id, m.record_id, 'place', r.slug FROM moments m JOIN records r ON r.id = m.place_id
  UNION ALL SELECT m.id, m.record_id, 'status', e.status FROM moments m JOIN events e ON e.record_id = m.record_id
  UNION ALL SELECT m.id, m.record_id, 'status', e.status FROM moments m JOIN agreements e ON e.record_id = m.record_id
  UNION ALL SELECT m.id, m.record_id, 'status', e.status FROM moments m JOIN meetings e ON e.record_id = m.record_id
  UNION ALL SELECT DISTINCT m.id, m.record_id, 'topic', t.topic FROM moments m JOIN topics t ON t.record_id = m.record_id
  UNION ALL SELECT DISTINCT moment, record, 'actor', actor FROM moment_actors
  UNION ALL SELECT DISTINCT moment, record, 'role', role FROM moment_actors
  UNION ALL SELECT DISTINCT moment, record, 'actor-role', actor || '/' || role FROM moment_actors
  UNION ALL SELECT DISTINCT m.id, m.record_id, 'source', r.slug
    FROM moments m JOIN citations c ON c.record_id = m.record_id JOIN records r ON r.id = c.source_id
  UNION ALL SELECT * FROM (
    SELECT m.id, m.record_id, 'related', r.type || '/' || r.slug
      FROM moments m JOIN relations n ON n.record_id = m.record_id JOIN records r ON r.id = n.to_id
    UNION SELECT m.id, m.record_id, 'related', r.type || '/' || r.slug
      FROM moments m JOIN relations n ON n.to_id = m.record_id JOIN records r ON r.id = n.record_id);

-- The words in use, per type, each record counted once.
CREATE VIEW record_words (record, type, field, value) AS
  SELECT id, type, 'kind', kind FROM records
  UNION ALL SELECT record_id, 'event', 'status', status FROM events
  UNION ALL SELECT record_id, 'agreement', 'status', status FROM agreements
  UNION ALL SELECT record_id, 'meeting', 'status', status FROM meetings
  UNION ALL SELECT DISTINCT p.record_id, r.type, 'role', p.role FROM participations p JOIN records r ON r.id = p.record_id
  UNION ALL SELECT DISTINCT m.record_id, r.type, 'moment', m.role FROM moments m JOIN records r ON r.id = m.record_id WHERE m.role IS NOT NULL
  UNION ALL SELECT DISTINCT t.record_id, r.type, 'topic', t.topic FROM topics t JOIN records r ON r.id = t.record_id
  UNION ALL SELECT DISTINCT n.record_id, r.type, 'relation', n.type FROM relations n JOIN records r ON r.id = n.record_id;

-- The text of every record. The ids of actors and places stand in it as words, so that "guterres" finds what he said.
CREATE VIEW record_text (record, type, title, names, body) AS
  SELECT r.id, r.type, r.title,
    (SELECT group_concat(name, ' ; ') FROM names n WHERE n.record_id = r.id),
    concat_ws(' ; ', r.kind,
      v.summary, v.note, g.summary, g.note, g.symbol, t.summary, t.note, t.symbols,
      a.description, a.note, s.summary, s.note, s.authors, s.publisher, s.symbol, p.note,
      (SELECT group_concat(topic, ' ; ') FROM topics x WHERE x.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', label, printf('%.15g', value), unit), ' ; ') FROM figures f WHERE f.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', x.slug, b.slug, q.as_stated), ' ; ') FROM participations q
        JOIN records x ON x.id = q.actor_id LEFT JOIN records b ON b.id = q.on_behalf_of_id WHERE q.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', x.slug, m.as_stated), ' ; ') FROM moments m
        LEFT JOIN records x ON x.id = m.place_id WHERE m.record_id = r.id))
    FROM records r
    LEFT JOIN events v ON v.record_id = r.id
    LEFT JOIN agreements g ON g.record_id = r.id
    LEFT JOIN meetings t ON t.record_id = r.id
    LEFT JOIN actors a ON a.record_id = r.id
    LEFT JOIN sources s ON s.record_id = r.id
    LEFT JOIN places p ON p.record_id = r.id;
