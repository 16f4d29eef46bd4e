-- Rollups: what the requests of an hour or a day (UTC) come to, by model, key, route and tier, kept for ever.
-- `part` is one object's share of a window, written as a whole and again without harm; the parts of a window add up.
-- `head` and `total` are histograms of milliseconds: buckets that are not empty, as how many are skipped and the count.
-- `mix` is a JSON text of model, route, key and tier together, by day and without histograms.
-- Rows also get what was asked for (chat, embeddings or the name of what was passed on), the time to a stream's first content, and what the frontier would have cost where that is known.
-- A row's id begins with its time, so the tables' own order is that of time and no index needs to repeat it.
ALTER TABLE requests ADD COLUMN first_ms INTEGER;
ALTER TABLE requests ADD COLUMN frontier_micros INTEGER;
ALTER TABLE requests ADD COLUMN operation TEXT;
DROP INDEX requests_at;
DROP INDEX requests_key;
DROP INDEX requests_model;
DROP INDEX requests_request;
CREATE INDEX requests_key ON requests (key_id);
CREATE INDEX requests_model ON requests (model);
CREATE INDEX requests_request ON requests (request_id, key_id);
CREATE TABLE rollups (
  span TEXT NOT NULL CHECK (span IN ('hour', 'day')),
  dimension TEXT NOT NULL CHECK (dimension IN ('all', 'model', 'key', 'route', 'tier', 'mix')),
  starts_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  part TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  mini INTEGER NOT NULL,
  tokens_input INTEGER NOT NULL,
  tokens_cache_read INTEGER NOT NULL,
  tokens_cache_write INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  tokens_reasoning INTEGER NOT NULL,
  cost_micros INTEGER NOT NULL,
  frontier_micros INTEGER NOT NULL,
  saved_micros INTEGER NOT NULL,
  head_ms INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  total_ms INTEGER NOT NULL,
  head TEXT,
  total TEXT,
  PRIMARY KEY (span, dimension, name, starts_at, part)
) WITHOUT ROWID;
