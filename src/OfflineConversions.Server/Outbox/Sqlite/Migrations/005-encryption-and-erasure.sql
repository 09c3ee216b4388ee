-- Whether the payload is encrypted, per row, so that turning encryption on or off keeps other rows readable. The column
-- follows the payload, but the values 0 and 1 take no space there.
ALTER TABLE chunks ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE failed ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;

-- The numbers of the encryption keys in use. A start that misses one reports it.
CREATE TABLE payload_keys (key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Persons that were erased, as digests of the hashes that Meta gets, and until when their events are refused.
-- swept = 1: the file no longer holds anything of the person.
CREATE TABLE suppressed (
    trace BLOB PRIMARY KEY,
    until INTEGER NOT NULL,
    swept INTEGER NOT NULL) STRICT, WITHOUT ROWID;
