-- compatible-from: 1

-- While the store is closed, a move fills it or has emptied it, and no replica works with it.
ALTER TABLE offlineconversions.state ADD COLUMN is_closed boolean NOT NULL DEFAULT false;

-- The move to another store or from one that concerns this database: one row. move is its number, stage how far it is.
CREATE TABLE offlineconversions.moves (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    move uuid NOT NULL,
    stage text NOT NULL,
    at bigint NOT NULL
);

-- How far the copy into this database is, for each table.
CREATE TABLE offlineconversions.move_progress (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    copied bigint NOT NULL,
    is_done boolean NOT NULL
);
