-- compatible-from: 1

-- One row. The edition changes whenever what replicas cache (suppressions, destinations) is no longer right. New bodies
-- go into the partition that the slot names.
CREATE TABLE offlineconversions.state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    edition bigint NOT NULL DEFAULT 1,
    slot integer NOT NULL DEFAULT 1,
    slot_since bigint NOT NULL DEFAULT 0
);
INSERT INTO offlineconversions.state DEFAULT VALUES;

-- Where chunks go.
CREATE TABLE offlineconversions.destinations (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection text NOT NULL,
    api text NOT NULL,
    dataset text NOT NULL,
    upload_tag text,
    UNIQUE NULLS NOT DISTINCT (connection, api, dataset, upload_tag)
);

-- A value is a block of 1024 numbers for one replica. A number is never used twice.
CREATE SEQUENCE offlineconversions.chunk_blocks;

-- What there is to do: narrow, and the only rows of a chunk that change. A lease changes no indexed column.
CREATE TABLE offlineconversions.work (
    id bigint PRIMARY KEY,
    connection text NOT NULL,
    destination integer NOT NULL,
    slot integer NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    attempts integer NOT NULL,
    events integer NOT NULL,
    bytes bigint NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    lease_end bigint NOT NULL DEFAULT 0,
    owner uuid
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX work_by_connection ON offlineconversions.work (connection, due_at, id);
CREATE INDEX work_by_destination ON offlineconversions.work (destination, due_at, id);
CREATE INDEX work_by_age ON offlineconversions.work (connection, created_at, id);
CREATE INDEX work_by_slot ON offlineconversions.work (slot);

-- The content of chunks: written once, dropped with its partition.
CREATE TABLE offlineconversions.bodies (
    slot integer NOT NULL,
    id bigint NOT NULL,
    encrypted boolean NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (slot, id)
) PARTITION BY LIST (slot);
ALTER TABLE offlineconversions.bodies ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE offlineconversions.bodies_1 PARTITION OF offlineconversions.bodies FOR VALUES IN (1)
    WITH (autovacuum_vacuum_insert_threshold = -1);

CREATE TABLE offlineconversions.failed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination integer NOT NULL,
    failed_at bigint NOT NULL,
    attempts integer NOT NULL,
    reason text NOT NULL,
    code integer,
    subcode integer,
    title text,
    trace_id text,
    field text,
    encrypted boolean NOT NULL,
    content bytea NOT NULL
);
CREATE INDEX failed_by_time ON offlineconversions.failed (failed_at);
CREATE INDEX failed_by_destination ON offlineconversions.failed (destination);

-- Not partitioned: the index is what lets no duplicate through.
CREATE TABLE offlineconversions.deduplication_keys (
    digest bytea PRIMARY KEY,
    ends_at bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deduplication_keys_by_end ON offlineconversions.deduplication_keys (ends_at);

-- Keys that an earlier version took in an SQLite outbox. They hold for every connection.
CREATE TABLE offlineconversions.older_keys (
    key bytea PRIMARY KEY,
    ends_at bigint NOT NULL
);

CREATE TABLE offlineconversions.ledger (
    connection text PRIMARY KEY,
    accepted bigint NOT NULL,
    delivered bigint NOT NULL,
    waiting_events bigint NOT NULL,
    waiting_bytes bigint NOT NULL,
    failed bigint NOT NULL,
    discarded bigint NOT NULL,
    expired bigint NOT NULL,
    delivered_at bigint NOT NULL
);

-- What transactions changed in the ledger and upkeep has not added to it yet: no two writers wait for one row.
CREATE TABLE offlineconversions.ledger_deltas (
    connection text NOT NULL,
    accepted bigint NOT NULL,
    delivered bigint NOT NULL,
    waiting_events bigint NOT NULL,
    waiting_bytes bigint NOT NULL,
    failed bigint NOT NULL,
    discarded bigint NOT NULL,
    expired bigint NOT NULL,
    delivered_at bigint NOT NULL
) WITH (
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 0
);

CREATE TABLE offlineconversions.paused (
    connection text PRIMARY KEY,
    since bigint NOT NULL
);

-- The dataset is empty for a halt of the whole connection.
CREATE TABLE offlineconversions.halts (
    connection text NOT NULL,
    dataset text NOT NULL,
    reason text NOT NULL,
    since bigint NOT NULL,
    probe_at bigint NOT NULL,
    PRIMARY KEY (connection, dataset)
);

-- Erased persons, as digests. Swept: nothing of the person is left.
CREATE TABLE offlineconversions.suppressed (
    trace bytea PRIMARY KEY,
    until bigint NOT NULL,
    swept boolean NOT NULL
);

-- The keys that encrypted any content, so that a replica with other keys does not start.
CREATE TABLE offlineconversions.payload_keys (
    key uuid PRIMARY KEY
);

-- Work that one replica does at a time.
CREATE TABLE offlineconversions.tasks (
    name text PRIMARY KEY,
    owner uuid NOT NULL,
    until bigint NOT NULL
);
