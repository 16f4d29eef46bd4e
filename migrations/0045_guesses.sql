-- Wrong admin keys by the address they came from, so that each address may guess ever more slowly, from whichever isolate.
-- `address` is a SHA-256 of the network address; rows whose last guess is a day old go with the next guess of anybody.
CREATE TABLE guesses (
  address TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX guesses_last ON guesses (last_at);
