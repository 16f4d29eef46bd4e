-- Receipts are asked for by the request's id, which clients may send themselves: newest first of each key's own.
CREATE INDEX requests_request ON requests (request_id, key_id, at DESC);
