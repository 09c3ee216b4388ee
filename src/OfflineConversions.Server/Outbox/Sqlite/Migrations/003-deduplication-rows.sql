-- The deduplication keys of one commit, in one row per expiry. Rows are appended, whereas a table sorted by key had to
-- change a page for each key.
CREATE TABLE taken_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    expires_at INTEGER NOT NULL,
    keys BLOB NOT NULL) STRICT;
INSERT INTO taken_keys (expires_at, keys) SELECT expires_at, key FROM deduplication_keys ORDER BY expires_at;
CREATE INDEX taken_keys_expiry ON taken_keys (expires_at);
DROP TABLE deduplication_keys;
