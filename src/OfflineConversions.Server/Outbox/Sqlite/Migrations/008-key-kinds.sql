-- 1: keys that hold for every connection, from an earlier version. 2: keys of a connection or a group, each with its
-- end. 3: keys of kind 2 that were released before their end.
ALTER TABLE taken_keys ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
