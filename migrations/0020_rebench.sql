-- What re-benchmarks measured: one row a run, one row a run and model, kept for ever.
-- `measures` and `findings` are JSON. `target` is the model behind the public name: another one begins a history of its own.
-- `marked` is 1 where the model was found worse than its history; such rows are not what later runs are compared with.
CREATE TABLE rebench_runs (
  id TEXT PRIMARY KEY,
  seed TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('schedule', 'operator')),
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  spent_micros INTEGER NOT NULL,
  limit_micros INTEGER NOT NULL,
  probes INTEGER NOT NULL,
  skipped INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX rebench_runs_at ON rebench_runs (started_at DESC);
CREATE TABLE rebench_results (
  run_id TEXT NOT NULL,
  model TEXT NOT NULL,
  target TEXT NOT NULL,
  at INTEGER NOT NULL,
  measures TEXT NOT NULL,
  findings TEXT NOT NULL,
  marked INTEGER NOT NULL CHECK (marked IN (0, 1)),
  PRIMARY KEY (run_id, model)
) WITHOUT ROWID;
CREATE INDEX rebench_results_model ON rebench_results (model, at DESC);
