-- The codebook: what the words mean that records bear. `records.kind` is the vocabulary of a code, and `records.title` its label.
CREATE TABLE codebook (
  record_id BIGINT PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
  slug TEXT COLLATE "C" NOT NULL,
  definition TEXT COLLATE "C",
  record_types TEXT COLLATE "C", -- a JSON array
  note TEXT COLLATE "C",
  attributes TEXT COLLATE "C",
  attribute_terms TEXT COLLATE "C"
);
