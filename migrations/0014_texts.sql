-- What was said, of the requests of keys that want it kept and of no others: JSON with the prompt's messages and the
-- answers, bounded. A row's id begins with its time, so what is old is forgotten in that order.
CREATE TABLE texts (
  row_id TEXT PRIMARY KEY,
  text TEXT NOT NULL
) WITHOUT ROWID;
ALTER TABLE keys ADD COLUMN store_text INTEGER;
