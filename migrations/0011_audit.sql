-- Every change that an operator made: who, what, to what, when, and how it was before and after. Never a secret.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  before TEXT,
  after TEXT
) WITHOUT ROWID;
CREATE INDEX audit_at ON audit (at DESC);
CREATE INDEX audit_target ON audit (target, at DESC);
