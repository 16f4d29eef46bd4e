-- The heads of pages also say which routes, tiers and ends their rows have, so that the failed requests of a route are found
-- without looking through the others: distinct lists of the three as JSON, one after the other. NULL where that would be long,
-- and of pages from before: those may have anything.
ALTER TABLE pages ADD COLUMN kinds TEXT;
DROP INDEX pages_heads;
CREATE INDEX pages_heads ON pages (last_id, first_id, keys, models, kinds);
