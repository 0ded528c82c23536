-- The state, first version. Times are UTC Unix milliseconds, 0 is the zero
-- time; ../schema.go names the numbers of states and kinds. {{text}}, {{blob}}, {{key}}, {{identity}} and {{clustered}} are the words
-- that differ between SQLite and PostgreSQL; a clustered table is kept in the
-- order of its primary key, which saves an index. Text compares byte by byte on both.

-- One row a host: its lease and its next slot. until = 0 means not leased.
CREATE TABLE host (
	host    {{text}} PRIMARY KEY,
	token   BIGINT NOT NULL DEFAULT 0,
	owner   {{text}} NOT NULL DEFAULT '',
	until   BIGINT NOT NULL DEFAULT 0,
	next_at BIGINT NOT NULL DEFAULT 0,
	pause   BIGINT NOT NULL DEFAULT 0,  -- that its response times call for
	run     BIGINT NOT NULL DEFAULT 0,  -- the run that the lease is for
	held    SMALLINT NOT NULL DEFAULT 0 -- 1: it rests until next_at because it failed, see schedule.Outcome.Hold
) {{clustered}};
CREATE INDEX host_leased ON host (owner) WHERE until > 0;

-- robots.txt by origin (scheme://host): http and https of a host have one each.
CREATE TABLE robots (
	origin {{text}} PRIMARY KEY,
	status INTEGER NOT NULL DEFAULT 0,
	body   {{blob}},
	at     BIGINT NOT NULL DEFAULT 0,
	tries  INTEGER NOT NULL DEFAULT 0,
	error  {{text}} NOT NULL DEFAULT '',
	delay  BIGINT NOT NULL DEFAULT 0
);

-- The URLs of one host that one source, or the backfill lists, have. ready is
-- the moment from which the host has work in this lane: the later of the host's
-- next slot and the earliest due time of the lane's pending URLs in a batch;
-- 9223372036854775807 when it has none. It is always made anew from the rows,
-- never counted up. pages are those that were fetched in the run.
CREATE TABLE lane (
	id    {{identity}},
	host  {{text}} NOT NULL REFERENCES host (host),
	queue {{text}} NOT NULL,
	ready BIGINT NOT NULL DEFAULT 9223372036854775807,
	run   BIGINT NOT NULL DEFAULT 0,
	pages BIGINT NOT NULL DEFAULT 0, -- sections and articles that max_pages_per_host counts
	UNIQUE (host, queue)
);
CREATE INDEX lane_ready ON lane (queue, ready, host);

-- kind: 1 feed, 2 sitemap, 3 section, 4 article (the order of work).
-- state: 0 pending, 1 done, 2 moved, 3 set aside, 4 failed, 5 gone, 6 forgotten.
-- batch: 1 in the batch of its source that is being fetched, see ../../batch.go; a
-- listed URL always, but when its host has had its pages.
CREATE TABLE url (
	url           {{text}} PRIMARY KEY,
	lane          BIGINT NOT NULL,
	source        {{text}} NOT NULL,
	kind          SMALLINT NOT NULL,
	depth         INTEGER NOT NULL,
	hops          INTEGER NOT NULL,
	follow        SMALLINT NOT NULL,
	listed        SMALLINT NOT NULL,
	state         SMALLINT NOT NULL,
	due           BIGINT NOT NULL DEFAULT 0,
	tries         INTEGER NOT NULL DEFAULT 0,
	status        INTEGER NOT NULL DEFAULT 0,
	reason        {{text}} NOT NULL DEFAULT '',
	etag          {{text}} NOT NULL DEFAULT '',
	last_modified {{text}} NOT NULL DEFAULT '',
	body_sha      {{text}} NOT NULL DEFAULT '',
	fetched_at    BIGINT NOT NULL DEFAULT 0, -- last answer that was not a failure
	fetched_run   BIGINT NOT NULL DEFAULT 0, -- run that last brought it to an end
	wait          BIGINT NOT NULL DEFAULT 0, -- ms from the last visit to the next, as it was meant to be
	hint          {{text}} NOT NULL DEFAULT '', -- JSON; '' none
	via           {{text}} NOT NULL DEFAULT '',
	newest        BIGINT NOT NULL DEFAULT 0, -- its date before it is fetched, see schedule.Link.Newest
	batch         SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX url_order ON url (lane, kind, depth, newest DESC, url, due) WHERE state = 0 AND batch = 1;
CREATE INDEX url_due ON url (lane, due) WHERE state = 0 AND batch = 1;
CREATE INDEX url_waiting ON url (source, kind, depth, newest DESC, url, due, lane) WHERE state = 0 AND batch = 0 AND listed = 0;
CREATE INDEX url_rest ON url (lane) WHERE state = 0 AND batch = 0 AND listed = 1;
CREATE INDEX url_tried ON url (source) WHERE state = 0 AND tries > 0;
CREATE INDEX url_source ON url (source, state, kind, due);

-- What the last requests for a URL came to, ten at most. state is as in url;
-- target is where a redirect led.
CREATE TABLE attempt (
	url    {{text}} NOT NULL,
	at     BIGINT NOT NULL,
	run    BIGINT NOT NULL,
	state  SMALLINT NOT NULL,
	status INTEGER NOT NULL,
	reason {{text}} NOT NULL,
	target {{text}} NOT NULL,
	PRIMARY KEY (url, at)
) {{clustered}};

-- Every page in the archive.
CREATE TABLE page (
	url    {{text}} NOT NULL,
	at     BIGINT NOT NULL,
	status INTEGER NOT NULL,
	file   {{text}} NOT NULL,
	place  BIGINT NOT NULL,
	PRIMARY KEY (url, at, file, place)
) {{clustered}};
CREATE INDEX page_file ON page (file);

CREATE TABLE run (
	id         {{identity}},
	source     {{text}} NOT NULL,
	listed     SMALLINT NOT NULL,
	recheck    SMALLINT NOT NULL,
	max_pages  INTEGER NOT NULL,
	max_host   INTEGER NOT NULL,          -- max_pages_per_host
	draw_at    BIGINT NOT NULL DEFAULT 0, -- a batch is not looked for before
	started    BIGINT NOT NULL,
	ended      BIGINT NOT NULL DEFAULT 0,
	note       {{text}} NOT NULL DEFAULT '',
	pages      BIGINT NOT NULL DEFAULT 0, -- sections and articles that max_pages counts
	fetched    BIGINT NOT NULL DEFAULT 0,
	unchanged  BIGINT NOT NULL DEFAULT 0,
	failed     BIGINT NOT NULL DEFAULT 0,
	set_aside  BIGINT NOT NULL DEFAULT 0,
	gone       BIGINT NOT NULL DEFAULT 0,
	added      BIGINT NOT NULL DEFAULT 0, -- stories
	revised    BIGINT NOT NULL DEFAULT 0  -- stories
);
CREATE UNIQUE INDEX run_open ON run (source, listed) WHERE ended = 0;


-- num stands for the story in packed data and is never used twice. stamp grows
-- with every change of the row's text or record. dirty: 1 to be judged, 2 to be
-- cleaned again, 3 both.
CREATE TABLE story (
	num          {{identity}},
	id           {{text}} NOT NULL UNIQUE,
	rev          BIGINT NOT NULL,
	stamp        BIGINT NOT NULL,
	page_url     {{text}} NOT NULL,
	rank         SMALLINT NOT NULL,
	source       {{text}} NOT NULL,
	text_sha     {{text}} NOT NULL, -- of the text as it was read, with boilerplate in it
	crawled_at   BIGINT NOT NULL,
	changed_at   BIGINT NOT NULL,
	gone_at      BIGINT NOT NULL DEFAULT 0,
	file         {{text}} NOT NULL DEFAULT '', -- of the archive, '' not archived
	place        BIGINT NOT NULL DEFAULT 0,
	dirty        SMALLINT NOT NULL,
	verdict      {{text}} NOT NULL DEFAULT '', -- news.Verdict as JSON, '' not judged
	duplicate_of {{text}} NOT NULL DEFAULT '',
	path         {{text}} NOT NULL DEFAULT '',
	path_sha     {{text}} NOT NULL DEFAULT '',
	site_misses  SMALLINT NOT NULL DEFAULT 0, -- rules of the site that found nothing on the page
	house        {{text}} NOT NULL DEFAULT '', -- places of the record's blocks that are boilerplate, as "0,7,8"
	record       {{blob}} NOT NULL -- news.Story as it was read, see package record; last, so that the others are read without it
);
CREATE INDEX story_dirty ON story (id) WHERE dirty > 0;
CREATE INDEX story_gone ON story (id) WHERE gone_at > 0;
CREATE INDEX story_missed ON story (source) WHERE site_misses > 0;
CREATE INDEX story_page ON story (page_url);
CREATE INDEX story_copies ON story (duplicate_of) WHERE duplicate_of <> '';
CREATE INDEX story_source ON story (source, duplicate_of);
CREATE INDEX story_file ON story (file);

-- The lines that are boilerplate, by their keys. Which stories have a line is in
-- their prints. stale: a story of the site has changed or gone, so that the line
-- may be boilerplate no longer.
CREATE TABLE house (
	line  BIGINT PRIMARY KEY,
	site  {{text}} NOT NULL,
	stale SMALLINT NOT NULL DEFAULT 0
) {{clustered}};
CREATE INDEX house_site ON house (site);
CREATE INDEX house_stale ON house (line) WHERE stale > 0;

CREATE TABLE alias (
	url   {{text}} PRIMARY KEY,
	story {{text}} NOT NULL REFERENCES story (id) ON UPDATE CASCADE
) {{clustered}};
CREATE INDEX alias_story ON alias (story);

-- The re-clean queue: pages that held no story, to be cleaned again from the
-- archive, since the settings have changed.
CREATE TABLE again (
	url {{text}} PRIMARY KEY
) {{clustered}};

-- The pages of articles in parts, each as it was cleaned by itself; first is the
-- URL of the article's first page, which has a row too. record is NULL until
-- the page was read.
CREATE TABLE part (
	url    {{text}} PRIMARY KEY,
	first  {{text}} NOT NULL,
	number INTEGER NOT NULL,            -- from 1
	record {{blob}},                    -- news.Story, see package record
	sha    {{text}} NOT NULL DEFAULT '', -- SHA-256 of the body, hex
	file   {{text}} NOT NULL DEFAULT '', -- of the archive, '' not archived
	place  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX part_first ON part (first, number);
CREATE INDEX part_file ON part (file);

CREATE TABLE revision (
	story      {{text}} NOT NULL REFERENCES story (id) ON UPDATE CASCADE,
	rev        BIGINT NOT NULL,
	crawled_at BIGINT NOT NULL,
	text_sha   {{text}} NOT NULL,
	record     {{blob}} NOT NULL,
	file       {{text}} NOT NULL,
	place      BIGINT NOT NULL,
	PRIMARY KEY (story, rev)
);

-- The prints of a story's present text, and the keys of its lines that could be
-- boilerplate, under a number of their own: a new text gets a new number, so that
-- what postings still say of the old one finds nobody. They wait in fresh until
-- they are merged into postings.
CREATE TABLE prints (
	num   {{identity}},
	story BIGINT NOT NULL UNIQUE REFERENCES story (num),
	sum   BIGINT NOT NULL,
	day   INTEGER NOT NULL -- of the story, see dedupe.Candidate
);
CREATE TABLE fresh (
	num  {{key}} REFERENCES prints (num) ON DELETE CASCADE,
	many INTEGER NOT NULL, -- prints, less the keys of lines
	day  INTEGER NOT NULL,
	data {{blob}} NOT NULL
);

-- Which prints a segment does not have, and of which it has very many, see
-- ../../index/sieve.go; chunk is the key of the first of 256 buckets divided by 256.
CREATE TABLE sieve (
	chunk  {{key}},
	data   {{blob}} NOT NULL,
	crowds {{blob}} NOT NULL
);

-- The metadata of the numbers that postings have, packed, see
-- ../../index/metadata.go; and the numbers that postings still have and that stand
-- for no story any more, in the order in which they were dropped.
CREATE TABLE brief (
	block {{key}},
	data  {{blob}} NOT NULL
);
CREATE TABLE dropped (
	seq {{identity}},
	num BIGINT NOT NULL
);

-- A segment is a sorted set of (print, number) in 2^bits buckets, see
-- ../../index/segment.go. state: 0 being written, 1 in use, 2 to be deleted. The key of a
-- bucket is the segment's id times 2^32 and its place in the segment.
CREATE TABLE segment (
	id       {{identity}},
	bits     SMALLINT NOT NULL,
	postings BIGINT NOT NULL,
	state    SMALLINT NOT NULL
);
CREATE TABLE posting (
	bucket {{key}},
	data   {{blob}} NOT NULL
);

CREATE TABLE edge (
	a        {{text}} NOT NULL REFERENCES story (id),
	b        {{text}} NOT NULL REFERENCES story (id),
	relation {{text}} NOT NULL,
	share_a  DOUBLE PRECISION NOT NULL,
	share_b  DOUBLE PRECISION NOT NULL,
	names    DOUBLE PRECISION NOT NULL,
	numbers  DOUBLE PRECISION NOT NULL,
	rule     {{text}} NOT NULL,
	PRIMARY KEY (a, b)
) {{clustered}};
CREATE INDEX edge_b ON edge (b);

-- What a person said of one story (b is '': keep it) or of two (a < b: they are
-- the same, or distinct). It goes before what the texts say.
CREATE TABLE override (
	a   {{text}} NOT NULL,
	b   {{text}} NOT NULL,
	say {{text}} NOT NULL, -- keep, same, distinct
	at  BIGINT NOT NULL,
	PRIMARY KEY (a, b)
);
CREATE INDEX override_b ON override (b) WHERE b <> '';

-- Leases that are not a host's: the settler's.
CREATE TABLE lease (
	name  {{text}} PRIMARY KEY,
	token BIGINT NOT NULL DEFAULT 0,
	owner {{text}} NOT NULL DEFAULT '',
	until BIGINT NOT NULL DEFAULT 0
);
INSERT INTO lease (name) VALUES ('settle');

-- Files to write and to remove. place is the file's path, or 'part:' and the
-- number of the part. A new entry for a place gets a new seq.
CREATE TABLE outbox (
	seq    {{identity}},
	place  {{text}} NOT NULL UNIQUE,
	action SMALLINT NOT NULL, -- 1 write, 2 part, 3 remove
	path   {{text}} NOT NULL,
	story  {{text}} NOT NULL,
	part   BIGINT NOT NULL
);
CREATE INDEX outbox_order ON outbox (action, seq);

-- What the corpus was last made with: stories are made again when it changes.
CREATE TABLE setting (
	name  {{text}} PRIMARY KEY,
	value {{text}} NOT NULL
);

-- Pages of forgotten stories that are still to be erased from the archive. file ''
-- is any file, place 0 anywhere in it.
CREATE TABLE forgotten (
	seq   {{identity}},
	story {{text}} NOT NULL,
	url   {{text}} NOT NULL,
	file  {{text}} NOT NULL,
	place BIGINT NOT NULL,
	at    BIGINT NOT NULL
);
