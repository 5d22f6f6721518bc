-- The generation: a random word, drawn when a database is made, copied by a backup or restored, and by "annals new-generation". It is part of
-- every ETag and of every position in the change log, so that nothing remembered of another course of the same records is taken for this one.
-- The program draws the word in the transaction of this migration (storage/generation.ts).
CREATE TABLE generation (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  word TEXT NOT NULL
) STRICT;
