-- The full text holds words that the program folds and separates (domain/full-text/words.ts), so that names and texts are folded alike. Tags begin with "_",
-- which no folded word has, and "_" alone stands between the parts of a text. The index is rebuilt after this migration.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  title, names, body, tags,
  content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);

-- The words of texts, folded, by language and stem, so that a query finds the inflected forms of a word. `language` is an ISO 639 code, or "-" for a
-- word of a language without a stemmer, whose stem is the word.
CREATE TABLE word_forms (
  language TEXT NOT NULL,
  stem TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (language, stem, word)
) STRICT, WITHOUT ROWID;
