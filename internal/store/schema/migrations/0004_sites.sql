-- What is kept of the pages of a host, of which its profile is made: the sketches
-- with the smallest ranks, see package sites.
CREATE TABLE sketch (
	host {{text}} NOT NULL,
	hash BIGINT NOT NULL, -- of the URL
	rank BIGINT NOT NULL,
	url  {{text}} NOT NULL,
	data {{blob}} NOT NULL,
	PRIMARY KEY (host, hash)
);

-- The hosts with sketches. stamp grows with every change of the sketches; seen is
-- the stamp for which the profile was last made; digest says which one that is, 0
-- that it knows nothing; changed is the day, as a time, since which the site has had
-- another template, 0 for none.
CREATE TABLE site (
	host   {{text}} PRIMARY KEY,
	stamp  BIGINT NOT NULL DEFAULT 0,
	seen   BIGINT NOT NULL DEFAULT 0,
	digest BIGINT NOT NULL DEFAULT 0,
	changed BIGINT NOT NULL DEFAULT 0
) {{clustered}};
CREATE INDEX site_stale ON site (host) WHERE stamp <> seen;

-- site is the host of the story's page; profile is the digest of the profile by
-- which the record was made, 0 for none; alone_sha is the SHA-256 of the record
-- that the page makes alone, as text_sha is that of its text, '' where record is it.
ALTER TABLE story ADD COLUMN site {{text}} NOT NULL DEFAULT '';
ALTER TABLE story ADD COLUMN profile BIGINT NOT NULL DEFAULT 0;
ALTER TABLE story ADD COLUMN alone_sha {{text}} NOT NULL DEFAULT '';
CREATE INDEX story_site ON story (site);
