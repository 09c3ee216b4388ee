-- compatible-from: 1

-- When each partition of the bodies began to be filled.
CREATE TABLE offlineconversions.slots (
    slot integer PRIMARY KEY,
    since bigint NOT NULL
);
INSERT INTO offlineconversions.slots SELECT slot, slot_since FROM offlineconversions.state WHERE slot_since > 0;
