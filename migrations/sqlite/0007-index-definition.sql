-- The index has one definition, in the program (src/index/entry.ts). This row holds the version of the definition that made the index of this
-- database; a program with a newer one rebuilds it (storage/index-version.ts). 0: made before there were versions.
CREATE TABLE index_definition (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
) STRICT;
INSERT INTO index_definition (id, version) VALUES (1, 0);

-- Ids of terms are taken from a sequence, like those of records and moments, so that a batch knows them before it is written.
INSERT INTO sequences (name, next) SELECT 'term', coalesce(max(id), 0) + 1 FROM terms;

-- The number of moments of a term that start and end in each month. `crosses_*`: of those that start, the number whose latest start is in a
-- later month, year, decade or century.
ALTER TABLE tallies RENAME TO monthly_counts;
ALTER TABLE monthly_counts RENAME COLUMN spill_month TO crosses_month;
ALTER TABLE monthly_counts RENAME COLUMN spill_year TO crosses_year;
ALTER TABLE monthly_counts RENAME COLUMN spill_decade TO crosses_decade;
ALTER TABLE monthly_counts RENAME COLUMN spill_century TO crosses_century;

-- The views repeated the rules of the program.
DROP VIEW record_text;
DROP VIEW record_words;
DROP VIEW moment_terms;
DROP VIEW moment_actors;
