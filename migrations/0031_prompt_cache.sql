-- What vendors' prompt caches saved: the same tokens at the price of input, less what they cost. Below zero where more was
-- written to a cache than was read from it.
ALTER TABLE rollups ADD COLUMN prompt_saved_micros INTEGER NOT NULL DEFAULT 0;
