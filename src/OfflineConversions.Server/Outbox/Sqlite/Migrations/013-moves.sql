-- The move to another store or from one that concerns this file: one row. move is its number, stage how far it is.
CREATE TABLE moves (
    id INTEGER PRIMARY KEY,
    stage TEXT NOT NULL,
    move BLOB NOT NULL,
    at INTEGER NOT NULL) STRICT;

-- How far the copy into this file is, for each table.
CREATE TABLE move_progress (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    copied INTEGER NOT NULL,
    is_done INTEGER NOT NULL) STRICT, WITHOUT ROWID;
