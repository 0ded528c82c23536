package upkeep

// table is a table of the state with its primary key, which is the order of its rows.
type table struct{ name, key string }

// where returns the condition for the rows of a state; the setting of an unfinished copy
// is none of them.
func (t table) where() string {
	if t.name == "setting" {
		return " WHERE name <> '" + settingCopying + "'"
	}
	return ""
}

// tables are all tables of the state but the one of the migrations; those that others
// refer to come first. TestAllTablesAreKnown holds the list.
var tables = []table{
	{"setting", "name"},
	{"host", "host"},
	{"robots", "origin"},
	{"lane", "id"},
	{"url", "url"},
	{"attempt", "url, at"},
	{"page", "url, at, file, place"},
	{"run", "id"},
	{"reach", "source, id"},
	{"relink", "url"},
	{"again", "url"},
	{"part", "url"},
	{"feed_text", "url"},
	{"sketch", "host, hash"},
	{"site", "host"},
	{"story", "num"},
	{"alias", "url"},
	{"revision", "story, rev"},
	{"prints", "num"},
	{"fresh", "num"},
	{"sieve", "chunk"},
	{"brief", "block"},
	{"dropped", "seq"},
	{"segment", "id"},
	{"posting", "bucket"},
	{"edge", "a, b"},
	{"override", "a, b"},
	{"lease", "name"},
	{"outbox", "seq"},
	{"forgotten", "seq"},
}

// counters are the tables whose keys are numbers that the database gives and never
// gives twice, by the names of the columns.
var counters = []table{{"lane", "id"}, {"run", "id"}, {"story", "num"}, {"prints", "num"}, {"dropped", "seq"}, {"segment", "id"}, {"outbox", "seq"}, {"forgotten", "seq"}}
