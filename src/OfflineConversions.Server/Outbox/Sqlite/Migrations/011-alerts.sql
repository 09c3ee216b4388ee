-- What was notified of alerts, as JSON: one row.
CREATE TABLE alert_state (
    id INTEGER PRIMARY KEY,
    content TEXT NOT NULL,
    saved_at INTEGER NOT NULL) STRICT;

-- Notifications that a webhook has not taken. A webhook is named by a digest of its address, which is a secret.
CREATE TABLE alert_notifications (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    webhook TEXT NOT NULL,
    content BLOB NOT NULL) STRICT;
