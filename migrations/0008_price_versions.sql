-- Rows say to what an answer's length was lowered, where it was; which price each call was billed at stands in `attempts`.
-- Prices get a rate for what a model thinks, where a vendor bills that otherwise than what it answers.
ALTER TABLE requests ADD COLUMN clamped_to INTEGER;
ALTER TABLE prices ADD COLUMN reasoning REAL;
