-- The price book: US dollars per million tokens, each row valid from its date until the next of the same model.
-- `model` is a public name or <provider>/<model>. Rows are added, never changed, so old costs stay explainable.
CREATE TABLE prices (
  model TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  input REAL NOT NULL,
  cache_read REAL NOT NULL,
  cache_write REAL NOT NULL,
  output REAL NOT NULL,
  PRIMARY KEY (model, valid_from)
) WITHOUT ROWID;
