-- The path of the field that Meta's error names. Empty for errors that name none, and for events that failed before.
ALTER TABLE failed ADD COLUMN field TEXT;
