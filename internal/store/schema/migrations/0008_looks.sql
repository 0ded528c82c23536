-- looks is how many looks in a row found no story at the URL, 0 when the last one did;
-- certainty how certain it is that there is none: 0 final, 1 doubtful, 2 passing.
ALTER TABLE url ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE url ADD COLUMN certainty SMALLINT NOT NULL DEFAULT 0;
