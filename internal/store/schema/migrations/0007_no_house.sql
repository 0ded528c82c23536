-- What recurs on a site is cut by its profile when a page is cleaned. What was cut
-- beside the records is cut from them before this, see ../../../upgrade.go.
ALTER TABLE story DROP COLUMN house;
DROP TABLE house;
