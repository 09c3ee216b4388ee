-- When Meta's acceptance window for the event closes. Zero: only the payload says.
ALTER TABLE failed ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX failed_age ON failed (failed_at);

-- The connections that an operator has paused.
CREATE TABLE paused (connection TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
