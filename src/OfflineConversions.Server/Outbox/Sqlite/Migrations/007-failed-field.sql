-- The path of the field that Meta's error names. Empty for errors that name none, and for events that failed before.
ALTER TABLE failed ADD COLUMN field TEXT;

-- Recoveries of damaged files that no operator has acknowledged yet.
CREATE TABLE IF NOT EXISTS recoveries (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    missing INTEGER) STRICT;

-- 1 in the file and 0 in its WAL: only a file that has lost its WAL says 1.
CREATE TABLE IF NOT EXISTS wal_mark (id INTEGER PRIMARY KEY, is_missing INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO wal_mark (id, is_missing) VALUES (1, 0);
