-- Which change a request with an Idempotency-Key made, so that the same request again makes none: its answer is that revision, which the
-- log keeps. Written in the transaction of the change itself, and forgotten after a day (records/writing/once.ts).
CREATE TABLE idempotency_keys (
  owner TEXT NOT NULL REFERENCES api_keys (id), -- whose request it was
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,                    -- SHA-256 of the method, the address and the body
  type TEXT NOT NULL,
  slug TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
