-- record_sha is the SHA-256 of the text of record, which text_sha is not where the
-- profile of the site has cut from it.
ALTER TABLE story ADD COLUMN record_sha {{text}} NOT NULL DEFAULT '';
UPDATE story SET record_sha = text_sha;
