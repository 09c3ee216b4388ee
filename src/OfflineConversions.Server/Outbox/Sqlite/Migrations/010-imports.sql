-- Imports of files, without anything of their content. reasons and warnings are JSON objects of counts. run grows with
-- every attempt, so that a late write of an earlier one changes nothing.
CREATE TABLE imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    connection TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    caller TEXT NOT NULL,
    state TEXT NOT NULL,
    run INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    rows INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0,
    digest BLOB NOT NULL DEFAULT x'',
    head_position INTEGER NOT NULL DEFAULT 0,
    head_digest BLOB NOT NULL DEFAULT x'',
    accepted INTEGER NOT NULL DEFAULT 0,
    ignored INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    reasons TEXT NOT NULL DEFAULT '{}',
    warnings TEXT NOT NULL DEFAULT '{}',
    rows_per_hour INTEGER NOT NULL DEFAULT 0,
    problem TEXT) STRICT;
CREATE UNIQUE INDEX imports_id ON imports (id);

-- The first rejected rows of each import: number, column in Meta's words and reason code.
CREATE TABLE import_rejections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    import INTEGER NOT NULL,
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL) STRICT;
CREATE INDEX import_rejections_import ON import_rejections (import, id);
