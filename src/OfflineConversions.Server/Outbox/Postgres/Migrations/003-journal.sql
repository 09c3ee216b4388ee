-- compatible-from: 1

-- What became of each event. A row holds the arrivals of one commit; the number of an arrival is the row's plus its
-- place, so rows are 65,536 numbers apart. Digests do not compress.
CREATE SEQUENCE offlineconversions.journal_numbers INCREMENT BY 65536 MINVALUE 65536;

CREATE TABLE offlineconversions.journal (
    id bigint NOT NULL,
    events integer NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    bytes integer NOT NULL,
    has_outcomes boolean NOT NULL,
    event_ids bytea NOT NULL,
    order_ids bytea NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (id) INCLUDE (until, bytes)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
ALTER TABLE offlineconversions.journal ALTER COLUMN event_ids SET STORAGE EXTERNAL;
ALTER TABLE offlineconversions.journal ALTER COLUMN order_ids SET STORAGE EXTERNAL;
CREATE INDEX journal_outcomes ON offlineconversions.journal (id) WHERE has_outcomes;

-- Ids in clear text, of events with an outcome or a warning. An erasure removes them. The id is that of their row.
CREATE TABLE offlineconversions.journal_texts (
    id bigint PRIMARY KEY,
    encrypted boolean NOT NULL,
    content bytea NOT NULL
);

-- How chunks were settled. Empty content: delivered whole.
CREATE TABLE offlineconversions.journal_settled (
    chunk bigint PRIMARY KEY,
    at bigint NOT NULL,
    attempts integer NOT NULL,
    content bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX journal_settled_by_time ON offlineconversions.journal_settled (at);

-- How events left the failed list. A replayed event goes on in a chunk.
CREATE TABLE offlineconversions.journal_resolved (
    failed bigint PRIMARY KEY,
    state smallint NOT NULL,
    at bigint NOT NULL,
    chunk bigint NOT NULL,
    place integer NOT NULL,
    dataset text
);
CREATE INDEX journal_resolved_by_time ON offlineconversions.journal_resolved (at);

CREATE TABLE offlineconversions.journal_counts (
    hour bigint NOT NULL,
    connection text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (hour, connection, kind, name)
) WITH (fillfactor = 70);

-- What transactions counted and upkeep has not added up yet, so that no two writers wait for one row.
CREATE TABLE offlineconversions.journal_count_deltas (
    hour bigint NOT NULL,
    connection text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    count bigint NOT NULL
) WITH (
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);
