-- What every route has learned of a tenant's requests, as its learner says it: one row a learner, for the operator.
-- `tenant` is a project's or a key's id, and empty for what was learned from no tenant's traffic.
CREATE TABLE learners (
  route TEXT NOT NULL,
  tenant TEXT NOT NULL,
  is_on INTEGER NOT NULL,
  sources TEXT NOT NULL,
  standing TEXT NOT NULL,
  curve TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (route, tenant)
) WITHOUT ROWID;
