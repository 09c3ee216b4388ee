-- compatible-from: 1

-- What Meta said last to a chunk that waits for another attempt.
CREATE TABLE offlineconversions.journal_answers (
    chunk bigint PRIMARY KEY,
    code integer,
    subcode integer,
    title text,
    trace_id text,
    field text,
    at bigint NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
