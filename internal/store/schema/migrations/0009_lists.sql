-- The feeds and sitemaps that were fetched in the run.
ALTER TABLE run ADD COLUMN lists BIGINT NOT NULL DEFAULT 0;
