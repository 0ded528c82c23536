package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/dedupe"
	"winnow/internal/cli"
	"winnow/output"
)

// keysIn are the keys that a section of docs/records.md has rows for, in order,
// with their types; optional are those that it calls absent at times.
func keysIn(t *testing.T, heading string) (keys []string, types map[string]string, optional map[string]bool) {
	t.Helper()
	page, err := os.ReadFile("docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, there := strings.Cut(string(page), "\n## "+heading+"\n")
	if !there {
		t.Fatalf("docs/records.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	text, _, _ = strings.Cut(text, "\n### ")
	types, optional = map[string]string{}, map[string]bool{}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || !strings.HasPrefix(line, "| `") {
			continue
		}
		for key := range strings.SplitSeq(strings.TrimPrefix(cells[0], "| "), ", ") {
			keys = append(keys, code(key))
			types[code(key)] = cells[1]
			optional[code(key)] = strings.Contains(cells[2], "Absent") || strings.Contains(cells[2], "Only with")
		}
	}
	return keys, types, optional
}

// typeOf is what records.md calls a Go type that becomes JSON.
func typeOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[output.Timestamp]():
		return "time or null"
	case t.Kind() == reflect.Pointer:
		return typeOf(t.Elem()) + " or null"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "list of strings"
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Bool:
		return "boolean"
	}
	return "number"
}

// TestRecordsAreDocumented compares the tables of docs/records.md with the types
// that are written: each key has a row with its type, in the order in which it
// is written, and no other has.
func TestRecordsAreDocumented(t *testing.T) {
	for heading, of := range map[string]reflect.Type{
		"The record":           reflect.TypeFor[output.Record](),
		"The manifest":         reflect.TypeFor[output.Change](),
		"winnow dedupe --json": reflect.TypeFor[dedupe.Answer](),
	} {
		keys, types, optional := keysIn(t, heading)
		if len(keys) != of.NumField() {
			t.Errorf("%s: %d keys are written, %d documented", heading, of.NumField(), len(keys))
		}
		for i := range of.NumField() {
			key, options, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			want := typeOf(of.Field(i).Type)
			if got := types[key]; got != want {
				t.Errorf("%s: %s is %q, documented is %q", heading, key, want, got)
			}
			if heading == "The record" && i < len(keys) && keys[i] != key {
				t.Fatalf("%s: %s stands where %s is written", heading, keys[i], key)
			}
			if optional[key] != (options == "omitempty") {
				t.Errorf("%s: %s may be absent or not: documented is the other", heading, key)
			}
			delete(types, key)
		}
		for key := range types {
			t.Errorf("%s: a row for %s, and there is no such key", heading, key)
		}
	}
}

// isTime is how moments are written.
var isTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)

// fits reports whether a value is of a documented type.
func fits(value any, documented string) bool {
	documented, nullable := strings.CutSuffix(documented, " or null")
	switch v := value.(type) {
	case nil:
		return nullable
	case string:
		return documented == "string" || documented == "time" && isTime.MatchString(v)
	case bool:
		return documented == "boolean"
	case float64:
		return documented == "number"
	case map[string]any:
		return documented == "object"
	case []any:
		for _, item := range v {
			if _, isText := item.(string); isText != (documented == "list of strings") {
				return false
			}
		}
		return documented == "list of strings" || documented == "list of objects"
	}
	return false
}

// visit calls see with each key of a value and what it holds.
func visit(at string, value any, see func(key string, value any)) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			key := strings.TrimPrefix(at+"."+name, ".")
			see(key, inner)
			visit(key, inner, see)
		}
	case []any:
		for _, item := range v {
			visit(strings.TrimSuffix(at, "[]")+"[]", item, see)
		}
	}
}

// TestJSONIsDocumented runs the commands that print JSON on the demo's corpus
// and compares what they print with docs/records.md.
func TestJSONIsDocumented(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the demo")
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	shown := shownCommands(t, "demo-corpus")
	t.Chdir(t.TempDir())
	run := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if status := cli.Main(args, strings.NewReader(""), &out, &errs); status != 0 {
			t.Fatalf("winnow %q ends with %d: %s", args, status, &errs)
		}
		return out.String()
	}
	run("-q", "demo")
	corpus := []string{"-q", "-c", filepath.Join("demo-corpus", "config.yaml")}
	for _, c := range shown {
		c.check(t)
	}
	all := run(append(corpus, "export", "--format", "jsonl", "--all")...)
	if err := os.WriteFile("all.jsonl", []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	var dropped output.Record
	for line := range strings.Lines(all) {
		if err := json.Unmarshal([]byte(line), &dropped); err != nil {
			t.Fatal(err)
		}
		if dropped.DuplicateOf != nil {
			break
		}
	}
	run(append(corpus, "pin", "--distinct", dropped.ID, *dropped.DuplicateOf)...)
	manifests, err := filepath.Glob("demo-corpus/_manifest/*.jsonl")
	if err != nil || len(manifests) == 0 {
		t.Fatal("the demo left no manifest", err)
	}
	manifest, err := os.ReadFile(manifests[0])
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{
		"The record":               all,
		"The manifest":             string(manifest),
		"winnow clean --json":      run("clean", "--json", "--explain", filepath.Join(root, "docs/example/page.html")),
		"winnow dedupe --json":     run("-q", "dedupe", "--json", "all.jsonl"),
		"winnow rules --json":      run("rules", "--json"),
		"winnow status --json":     run(append(corpus, "status", "--json")...),
		"winnow failures --json":   run(append(corpus, "failures", "--json")...),
		"winnow pin --list --json": run(append(corpus, "pin", "--list", "--json")...),
		"winnow site --json":       run(append(corpus, "site", "--json", "harbour-and-hull.example")...),
		"winnow explain --json":    run(append(corpus, "explain", "--json", dropped.ID)...) + run(append(corpus, "explain", "--json", *dropped.DuplicateOf)...),
	}
	t.Chdir(root)
	for heading, lines := range printed {
		checkPrinted(t, heading, lines)
	}
}

// checkPrinted compares lines of JSON with a section of docs/records.md.
func checkPrinted(t *testing.T, heading, lines string) {
	t.Helper()
	_, types, optional := keysIn(t, heading)
	seen, wrong := map[string]bool{}, map[string]bool{}
	for values := json.NewDecoder(strings.NewReader(lines)); values.More(); {
		var value any
		if err := values.Decode(&value); err != nil {
			t.Fatal(err)
		}
		rows, many := value.([]any)
		if !many {
			rows = []any{value}
		}
		for _, row := range rows {
			visit("", row, func(key string, value any) {
				documented, known := types[key]
				switch {
				case wrong[key]:
				case !known:
					t.Errorf("%s: %s has no row", heading, key)
					wrong[key] = true
				case !fits(value, documented):
					t.Errorf("%s: %s is %v, documented is %s", heading, key, value, documented)
					wrong[key] = true
				}
				seen[key] = true
			})
		}
	}
	var missing []string
	for key := range types {
		outer := key[:max(0, strings.LastIndexAny(key, ".["))]
		if !seen[key] && !optional[key] && (outer == "" || seen[outer] && !strings.Contains(key, "revisions[].")) {
			missing = append(missing, key)
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		t.Errorf("%s: nothing has these keys: %q", heading, missing)
	}
}
