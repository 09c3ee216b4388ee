-- What Meta said last to a chunk that waits for another attempt.
CREATE TABLE journal_answers (
    chunk INTEGER PRIMARY KEY,
    code INTEGER,
    subcode INTEGER,
    title TEXT,
    trace_id TEXT,
    field TEXT,
    at INTEGER NOT NULL) STRICT;

-- The counts of one commit, in one row, until they are added to journal_counts: a commit appends one row instead of
-- changing a row for each count.
CREATE TABLE journal_changes (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL,
    hour INTEGER NOT NULL,
    counts INTEGER NOT NULL) STRICT;
