-- What a request cost beyond all that it had been granted, because a provider reported more than it was allowed.
ALTER TABLE requests ADD COLUMN overrun_micros INTEGER;
