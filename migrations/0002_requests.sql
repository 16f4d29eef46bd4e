-- One outcome row per request: ids, counts, micro-dollars and milliseconds. Never text of a prompt or an answer.
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  request_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  route TEXT NOT NULL,
  tier TEXT NOT NULL,
  reason TEXT NOT NULL,
  score REAL,
  model TEXT NOT NULL,
  attempts TEXT NOT NULL,
  tokens_input INTEGER NOT NULL,
  tokens_cache_read INTEGER NOT NULL,
  tokens_cache_write INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  tokens_reasoning INTEGER NOT NULL,
  usage_source TEXT NOT NULL,
  cost_micros INTEGER NOT NULL,
  head_ms INTEGER,
  total_ms INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  status INTEGER NOT NULL,
  ending TEXT NOT NULL,
  failure TEXT
) WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at DESC);
CREATE INDEX requests_key ON requests (key_id, at DESC);
CREATE INDEX requests_model ON requests (model, at DESC);
