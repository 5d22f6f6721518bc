-- Whether a document uses a name, as JSON: 'false' where none does, NULL where that is not said.
ALTER TABLE names ADD COLUMN attested TEXT;
