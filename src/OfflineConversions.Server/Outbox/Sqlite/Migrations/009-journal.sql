-- What became of each event. The rows of one table differ from those of every other in the types of their columns, so
-- that a recovery can tell them apart. Wide columns are last, so that reading the others never loads them.

-- Arrivals, thousands in a row. The id is the number of the first of them, so numbers stay when rows are joined.
-- total: the bytes that the journal had taken before this row, ever.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    events INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    total INTEGER NOT NULL,
    last_chunk INTEGER NOT NULL,
    event_ids BLOB NOT NULL,
    order_ids BLOB NOT NULL,
    content BLOB NOT NULL) STRICT;

-- Those of the latest small commits, until there are enough of them for a row of the table above.
CREATE TABLE journal_fresh (
    id INTEGER PRIMARY KEY,
    event_ids BLOB NOT NULL,
    order_ids BLOB NOT NULL,
    content BLOB NOT NULL,
    events INTEGER NOT NULL,
    at INTEGER NOT NULL,
    total INTEGER NOT NULL,
    last_chunk INTEGER NOT NULL) STRICT;

-- Ids in clear text, of events with an outcome or a warning. An erasure removes them. The id is that of their row.
CREATE TABLE journal_texts (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL,
    closed INTEGER NOT NULL) STRICT;

-- How chunks were settled. Empty content: delivered whole.
CREATE TABLE journal_settled (
    chunk INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    content BLOB NOT NULL) STRICT;

-- How events left the failed list. A replayed event goes on in a chunk.
CREATE TABLE journal_resolved (
    failed INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    place INTEGER NOT NULL,
    dataset TEXT) STRICT;

CREATE TABLE journal_counts (
    hour INTEGER NOT NULL,
    connection TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, connection, kind, name)) STRICT, WITHOUT ROWID;
