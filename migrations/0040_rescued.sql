-- Rollups also say how many requests got a whole answer although one of their calls had failed, and the histogram of the
-- time to a stream's first content. Windows that were closed before have none.
ALTER TABLE rollups ADD COLUMN rescued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollups ADD COLUMN first TEXT;
