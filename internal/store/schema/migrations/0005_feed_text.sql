-- The texts of stories as feeds have them: the last of each URL. body is its packed
-- form, compressed, until a story was made of it or of the page; then NULL. size is
-- that of the packed form, in bytes, and sha its SHA-256.
CREATE TABLE feed_text (
	url  {{text}} PRIMARY KEY,
	feed {{text}} NOT NULL,
	sha  {{text}} NOT NULL,
	size BIGINT NOT NULL,
	body {{blob}}
) {{clustered}};
