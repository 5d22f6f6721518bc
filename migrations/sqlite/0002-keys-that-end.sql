-- Keys may expire, be replaced by another, and have the scope `admin`; and they say when they last opened something. Instants are
-- milliseconds since 1970-01-01 UTC.

-- A column's CHECK cannot be changed, and making the table anew would delete what refers to its rows: a new column takes the place of the old.
ALTER TABLE api_keys RENAME COLUMN scope TO scope_before;
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'read' CHECK (scope IN ('read', 'write', 'admin'));
UPDATE api_keys SET scope = scope_before;
ALTER TABLE api_keys DROP COLUMN scope_before;

ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
-- Noted once a minute at most.
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
-- The key that a rotation made in place of this one.
ALTER TABLE api_keys ADD COLUMN replaced_by TEXT REFERENCES api_keys (id);
CREATE UNIQUE INDEX api_keys_by_replacement ON api_keys (replaced_by) WHERE replaced_by IS NOT NULL;
