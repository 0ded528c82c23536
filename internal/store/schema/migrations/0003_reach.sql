-- The reach under which the links of a URL were derived: a number that stands
-- for the settings which decide what is followed; 0 for links that never were,
-- or are to be derived again.
ALTER TABLE url ADD COLUMN reach BIGINT NOT NULL DEFAULT 0;

-- The reaches that URLs of a source have.
CREATE TABLE reach (
	source   {{text}} NOT NULL,
	id       BIGINT NOT NULL,
	settings {{text}} NOT NULL, -- as the pipeline compares them
	PRIMARY KEY (source, id)
) {{clustered}};

-- Pages whose links are to be derived again from the archive. ask: 1 when the
-- page may be asked for where the archive has it no more.
CREATE TABLE relink (
	url {{text}} PRIMARY KEY,
	ask SMALLINT NOT NULL
) {{clustered}};

-- Under which settings the links of what is there were derived is not known.
-- Whatever costs no further request is looked through once more.
INSERT INTO relink (url, ask)
	SELECT u.url, 0 FROM url u WHERE u.kind = 4 AND u.follow = 1 AND u.state IN (1, 3) AND EXISTS (SELECT 1 FROM page p WHERE p.url = u.url);
UPDATE url SET etag = '', last_modified = '', body_sha = '' WHERE kind <= 3;
