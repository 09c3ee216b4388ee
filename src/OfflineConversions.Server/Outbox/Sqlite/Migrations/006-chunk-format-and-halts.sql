-- 0: written by an earlier version, and rewritten when it is first kept. 1: the payload is a chunk with its own header,
-- and ends is empty.
ALTER TABLE chunks ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
ALTER TABLE failed ADD COLUMN format INTEGER NOT NULL DEFAULT 0;

-- What sends nothing until a probe succeeds. An empty dataset means the whole connection.
CREATE TABLE halts (
    connection TEXT NOT NULL,
    dataset TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    probe_at INTEGER NOT NULL,
    PRIMARY KEY (connection, dataset)) STRICT, WITHOUT ROWID;
