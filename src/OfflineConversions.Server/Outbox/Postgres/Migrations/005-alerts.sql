-- compatible-from: 1

-- Grows each time a task is taken anew. What is written under an earlier one is refused.
ALTER TABLE offlineconversions.tasks ADD COLUMN fence bigint NOT NULL DEFAULT 0;

-- What was notified of alerts, as JSON.
CREATE TABLE offlineconversions.alert_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    content text NOT NULL,
    saved_at bigint NOT NULL
);

-- Notifications that a webhook has not taken. A webhook is named by a digest of its address, which is a secret.
CREATE TABLE offlineconversions.alert_notifications (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    webhook text NOT NULL,
    content text NOT NULL
);

-- What replicas let each other know, such as what Meta said about a token.
CREATE TABLE offlineconversions.notes (
    name text PRIMARY KEY,
    content text NOT NULL,
    noted_at bigint NOT NULL
);
