-- Whether and how answers are given again to a key: JSON with mode, ttl and scope; NULL where that is not said.
ALTER TABLE keys ADD COLUMN cache TEXT;
