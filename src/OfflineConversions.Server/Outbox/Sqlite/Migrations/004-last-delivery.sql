-- When Meta last accepted events of the connection. Zero: never, or before this column existed.
ALTER TABLE ledger ADD COLUMN delivered_at INTEGER NOT NULL DEFAULT 0;
