-- The text of a source as it came, byte for byte. A source that has paragraphs and no row here got its text from a release that kept only these.
CREATE TABLE texts (
  source_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

-- Whether the phrase of a citation stands in its paragraph; NULL where it was not held against a text.
ALTER TABLE citations ADD COLUMN verified INTEGER;
CREATE INDEX citations_unverified ON citations (record_id) WHERE verified = 0;
