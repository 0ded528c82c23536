-- Redirects of robots.txt are followed one request at a time. hop is the URL that
-- is asked for next ('' for robots.txt itself), hops how many redirects led there,
-- hop_at when the last of them came.
ALTER TABLE robots ADD COLUMN hop {{text}} NOT NULL DEFAULT '';
ALTER TABLE robots ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;
ALTER TABLE robots ADD COLUMN hop_at BIGINT NOT NULL DEFAULT 0;

-- A hop to another host takes that host's next slot, but not its lease: whoever
-- has the lease moves next_at to reserved at least.
ALTER TABLE host ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0;
