-- Projects, whose budgets are shared by their keys. Keys also get what they lacked: kinds of endpoint, routes beside
-- models, a budget for each of their conversations. Rates are buckets now, not windows of a minute.
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  budgets TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) WITHOUT ROWID;
ALTER TABLE keys ADD COLUMN project TEXT;
ALTER TABLE keys ADD COLUMN routes TEXT;
ALTER TABLE keys ADD COLUMN endpoints TEXT;
ALTER TABLE keys ADD COLUMN conversation_budget TEXT;
CREATE INDEX keys_project ON keys (project);
UPDATE keys SET budgets = replace(budgets, '"unit":"requests","window":"minute"', '"unit":"requests","window":"rate"');
