-- compatible-from: 1

-- Imports of files, without anything of their content. progress is a JSON object of counts and digests. run grows with
-- every attempt, so that a late write of an earlier one changes nothing. replica reads the file, or did so last.
CREATE TABLE offlineconversions.imports (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    connection text NOT NULL,
    dry_run boolean NOT NULL,
    caller text NOT NULL,
    state text NOT NULL,
    run bigint NOT NULL,
    replica uuid NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    progress text NOT NULL DEFAULT '{}',
    problem text
);

-- The first rejected rows of each import: number, column in Meta's words and reason code.
CREATE TABLE offlineconversions.import_rejections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    import bigint NOT NULL,
    row_number bigint NOT NULL,
    field text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX import_rejections_by_import ON offlineconversions.import_rejections (import, id);
