-- compatible-from: 1

-- The list of waiting events: the chunks of each destination by age.
CREATE INDEX work_by_destination_age ON offlineconversions.work (destination, created_at, id);
