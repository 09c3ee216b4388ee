-- What all events of one request to Meta have in common. Few rows.
CREATE TABLE destinations (
    id INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    api TEXT NOT NULL,
    dataset TEXT NOT NULL,
    upload_tag TEXT) STRICT;

-- The events of one commit for one destination. An id is never reused, so a late settlement cannot reach a younger
-- chunk. The wide columns are last, so that reading the others never loads them.
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    ends BLOB NOT NULL,
    payload BLOB NOT NULL) STRICT;
CREATE INDEX chunks_due ON chunks (destination, due_at, id);
CREATE INDEX chunks_age ON chunks (destination, created_at);

-- Deliveries that were accepted. Digests only: an event id can contain anything, personal data included.
CREATE TABLE deduplication_keys (
    key BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX deduplication_keys_expiry ON deduplication_keys (expires_at);

CREATE TABLE failed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    code INTEGER,
    subcode INTEGER,
    title TEXT,
    trace_id TEXT,
    payload BLOB NOT NULL) STRICT;
CREATE INDEX failed_destination ON failed (destination, id);

-- accepted = delivered + waiting + failed + discarded + expired, after every commit.
CREATE TABLE ledger (
    connection TEXT PRIMARY KEY,
    accepted INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    discarded INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0,
    waiting_events INTEGER NOT NULL,
    waiting_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Written and emptied again to find out whether a full disk has room.
CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
