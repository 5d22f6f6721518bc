-- The codebook: what the words mean that records bear. `records.kind` is the vocabulary of a code, and `records.title` its label.
CREATE TABLE codebook (
  record_id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  definition TEXT,
  record_types TEXT, -- a JSON array
  note TEXT,
  attributes TEXT,
  attribute_terms TEXT
) STRICT;
