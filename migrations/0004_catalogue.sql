-- Prices by source: what the shipped catalogue says and what an operator says stand side by side, each with its dates.
-- Prices also get what they lacked: a cache that lasts an hour, tiers by prompt length, classes of service (both as JSON),
-- and dollars for each request. `catalogues` says which editions of the catalogue have been written into them.
CREATE TABLE prices_by_source (
  source TEXT NOT NULL CHECK (source IN ('catalogue', 'operator')),
  model TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  input REAL NOT NULL,
  cache_read REAL NOT NULL,
  cache_write REAL NOT NULL,
  cache_write_long REAL,
  output REAL NOT NULL,
  tiers TEXT,
  classes TEXT,
  request REAL,
  PRIMARY KEY (source, model, valid_from)
) WITHOUT ROWID;
INSERT INTO prices_by_source (source, model, valid_from, input, cache_read, cache_write, output)
  SELECT 'operator', model, valid_from, input, cache_read, cache_write, output FROM prices;
DROP TABLE prices;
ALTER TABLE prices_by_source RENAME TO prices;
CREATE TABLE catalogues (
  dated_at INTEGER PRIMARY KEY,
  sources TEXT NOT NULL,
  models INTEGER NOT NULL,
  written_at INTEGER NOT NULL
);
