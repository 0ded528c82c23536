package config

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v4"
)

// compiled is the schema as a validator reads it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid validates a YAML file as an editor does.
func valid(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var v any
	if err := yaml.Load(text, &v); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaIsWritten(t *testing.T) {
	golden(t, "../../docs/config.schema.json", string(Schema()))
}

func TestFilesAreValid(t *testing.T) {
	s := compiled(t)
	for _, file := range []string{"../../config.yaml", "testdata/full.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaAgreesWithTheDecoder: what one accepts, the other accepts too. The
// keys come from one table; here are the values of each type.
func TestSchemaAgreesWithTheDecoder(t *testing.T) {
	s := compiled(t)
	t.Setenv("WINNOW_TEST_USER", "reader")
	source := func(line string) string {
		return "sources: [{name: a, site: 'https://a.example/', " + line + "}]"
	}
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"{}", true},
		{"nosuchkey: 1", false},
		{"fetch: {nosuchkey: 1}", false},
		{source("nosuchkey: 1"), false},
		{"sources: []", true},
		{"sources:", true},
		{"sources: {}", false},
		{"sources: [~]", false},
		{"sources: [{name: a}]", false},
		{"sources: [{site: 'https://a.example/'}]", false},
		{"sources: [{name: 2024, site: 'https://a.example/'}]", true},
		{"sources: [{name: вестник, site: 'https://a.example/'}]", true},
		{"sources: [{name: two words, site: 'https://a.example/'}]", false},
		{"sources: [{name: a, site: 'ftp://a.example/'}]", false},
		{source("max_pages: 0"), true},
		{source("max_pages: -1"), false},
		{source("max_pages: 1.5"), false},
		{source("max_pages: many"), false},
		{source("max_pages: '20'"), false},
		{source("max_pages:"), true},
		{source("max_depth: 100"), true},
		{source("max_depth: 101"), false},
		{source("feeds: [/rss.xml]"), true},
		{source("feeds: /rss.xml"), false},
		{source("include: [['^/a']]"), false},
		{source("schedule: '@every 90m'"), true},
		{source("schedule: [1]"), false},
		{source("headers: {Accept-Language: de, X-N: 1}"), true},
		{source("headers: [a]"), false},
		{source("headers: {A: [1]}"), false},
		{source("basic_auth: {user: '${WINNOW_TEST_USER}', password: '${WINNOW_TEST_USER}'}"), true},
		{source("basic_auth: {user: '${WINNOW_TEST_USER}'}"), false},
		{source("basic_auth: {user: me, password: '${WINNOW_TEST_USER}'}"), false},
		{source("render: true"), true},
		{source("render: 1"), false},
		{source("render_hosts: [cdn.example]"), true},
		{source("rules: ''"), true},
		{"fetch: {delay: 0}", true},
		{"fetch: {delay: 1h30m}", true},
		{"fetch: {delay: 1.5s}", true},
		{"fetch: {delay: 2}", false},
		{"fetch: {delay: 2x}", false},
		{"fetch: {delay: '-1s'}", false},
		{"fetch: {max_body: 10MiB}", true},
		{"fetch: {max_body: 1.5 gib}", true},
		{"fetch: {max_body: 4096}", true},
		{"fetch: {max_body: 12}", false},
		{"fetch: {max_body: 10MX}", false},
		{"fetch: {delay_factor: 1.5}", true},
		{"fetch: {delay_factor: 101}", false},
		{"fetch: {workers: 0}", false},
		{"fetch: {resolve: {a.example: '127.0.0.1:80'}}", true},
		{"fetch: {resolve: {a.example: [1]}}", false},
		{"robots: {forbidden: deny}", true},
		{"robots: {forbidden: refuse}", false},
		{"robots: {noindex: off}", true},
		{"robots: {noindex: maybe}", false},
		{"archive: {keep: 90d, max_size: 0}", true},
		{"archive: {keep: none}", true},
		{"archive: {keep: forever}", false},
		{"clean: {site_rules: ./rules}", true},
		{"clean: {site_rules: ''}", false},
		{"output: {formats: [jsonl]}", true},
		{"output: {formats: [csv]}", false},
		{"output: {formats: txt}", false},
		{"user_agent: mynews/1.0 (+https://example.org/)", true},
		{"user_agent: Браузер/1.0", false},
		{"corpus: [a, b]", false},
		{"forget_gone: 2", false},
	} {
		_, decoded := Parse("c.yaml", []byte(c.text))
		if (decoded == nil) != c.ok {
			t.Errorf("%s: the decoder says %v", c.text, decoded)
		}
		if err := valid(t, s, []byte(c.text)); (err == nil) != c.ok {
			t.Errorf("%s: the schema says %v", c.text, err)
		}
	}
}

// Every key has a description and a type, and its default is one that it allows.
func TestSchemaDescribesEveryKey(t *testing.T) {
	var root schemaDoc
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	keys := 0
	var walk func(place string, s schemaDoc)
	walk = func(place string, s schemaDoc) {
		for name, p := range s.Properties {
			keys++
			at := place + name
			if len(p.Description) < 10 || p.Description[len(p.Description)-1] != '.' {
				t.Errorf("%s: the description is %q", at, p.Description)
			}
			if p.Type == nil && p.Enum == nil {
				t.Errorf("%s has no type", at)
			}
			walk(at+".", p)
			if p.Items != nil {
				walk(at+"[].", *p.Items)
			}
		}
	}
	walk("", root)
	if keys < 55 {
		t.Errorf("%d keys only", keys)
	}
}

type schemaDoc struct {
	Description string
	Type        any
	Enum        []any
	Properties  map[string]schemaDoc
	Items       *schemaDoc
}
