-- What Meta said last to a chunk that waits for another attempt.
CREATE TABLE journal_answers (
    chunk INTEGER PRIMARY KEY,
    code INTEGER,
    subcode INTEGER,
    title TEXT,
    trace_id TEXT,
    field TEXT,
    at INTEGER NOT NULL) STRICT;
