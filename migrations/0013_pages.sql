-- Many outcome rows in one row of D1: a page is what one outbox had at a time, whole and once. D1 bills rows, not bytes.
-- `upto` is the outbox's own count, so that it can tell which of its pages are here. `keys` and `models` are the
-- distinct ones as JSON, `pairs` those of one row, and `rows` is JSON: each outcome row as a list of values in the order of `columns`, to which new
-- ones are added at the end only. A row's id begins with its time, so the order of ids is that of time.
CREATE TABLE pages (
  outbox TEXT NOT NULL,
  upto INTEGER NOT NULL,
  first_id TEXT NOT NULL,
  last_id TEXT NOT NULL,
  count INTEGER NOT NULL,
  cost_micros INTEGER NOT NULL,
  keys TEXT NOT NULL,
  models TEXT NOT NULL,
  pairs TEXT NOT NULL,
  columns TEXT NOT NULL,
  rows TEXT NOT NULL,
  UNIQUE (outbox, upto)
); -- with a rowid: where long rows lie in an index, as in a table without, every comparison reads one whole
-- What questions choose pages by, so that no page is read in vain.
CREATE INDEX pages_heads ON pages (last_id, first_id, keys, models);
-- Where the requests are whose ids do not tell their time: clients may send ids of their own.
CREATE TABLE named (
  request_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  row_id TEXT NOT NULL,
  outbox TEXT NOT NULL,
  upto INTEGER NOT NULL,
  PRIMARY KEY (request_id, key_id, row_id)
) WITHOUT ROWID;
INSERT INTO pages (outbox, upto, first_id, last_id, count, cost_micros, keys, models, pairs, columns, rows)
  SELECT '', page, MIN(id), MAX(id), COUNT(*), SUM(cost_micros), json_group_array(DISTINCT key_id), json_group_array(DISTINCT model), group_concat(DISTINCT json_array(key_id, model)),
    'id,request_id,at,key_id,route,tier,reason,score,model,attempts,tokens_input,tokens_cache_read,tokens_cache_write,tokens_output,tokens_reasoning,usage_source,cost_micros,head_ms,total_ms,stream,status,ending,failure,first_ms,frontier_micros,operation,overrun_micros,clamped_to',
    json_group_array(json_array(id, request_id, at, key_id, route, tier, reason, score, model, attempts, tokens_input, tokens_cache_read, tokens_cache_write, tokens_output, tokens_reasoning, usage_source, cost_micros, head_ms, total_ms, stream, status, ending, failure, first_ms, frontier_micros, operation, overrun_micros, clamped_to))
  FROM (SELECT *, (row_number() OVER (ORDER BY id) - 1) / 200 AS page FROM requests) GROUP BY page;
INSERT INTO named (request_id, key_id, row_id, outbox, upto)
  SELECT entry.value ->> 1, entry.value ->> 3, entry.value ->> 0, pages.outbox, pages.upto
  FROM pages CROSS JOIN json_each(pages.rows) AS entry;
DROP TABLE requests;
