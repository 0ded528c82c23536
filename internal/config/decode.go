package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// maxValues bounds the values read from a file. Aliases make a small file
// large; a thousand sources with all their keys are 20,000 values.
const maxValues = 200_000

// decoder walks the tree of a file and collects mistakes; it never stops at one.
type decoder struct {
	file     string
	mistakes Mistakes
	values   int
}

// field is a key of a mapping.
type field struct {
	name  string
	about string // for the JSON Schema
	value
}

func (d *decoder) mistake(n *yaml.Node, key, write, what string, args ...any) {
	d.mistakes = append(d.mistakes, Mistake{
		File: d.file, Line: n.Line, Column: n.Column, Key: key, What: fmt.Sprintf(what, args...), Write: write,
	})
}

// target follows aliases. The bound stops an alias of an alias of itself; what
// comes of it is refused as a value of the wrong type.
func target(n *yaml.Node) *yaml.Node {
	for range 8 {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	return n
}

// spent reports whether the file has more values than it may. The first time
// that is a mistake.
func (d *decoder) spent(n *yaml.Node) bool {
	d.values++
	if d.values == maxValues {
		d.mistake(n, "", "", "the file has more than %d values; the rest was not read", maxValues)
	}
	return d.values >= maxValues
}

// isNull reports whether nothing was written after a key, which leaves the default.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// object reads a mapping with the keys of fields.
func (d *decoder) object(fields []field, required ...string) value {
	return value{
		read:   func(n *yaml.Node, key string) { d.mapping(n, key, fields) },
		schema: objectSchema(fields, required...),
	}
}

// mapping reads a mapping by its fields; unknown and repeated keys are mistakes.
// It reports whether there is a mapping.
func (d *decoder) mapping(n *yaml.Node, key string, fields []field) bool {
	n = target(n)
	if isNull(n) {
		return false
	}
	if n.Kind != yaml.MappingNode {
		d.mistake(n, key, "write one of its keys, such as "+fields[0].name+": …", "keys with values are expected, not %s", describe(n))
		return false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if d.spent(n) {
			return true
		}
		k, value := target(n.Content[i]), n.Content[i+1]
		at := key + "." + k.Value
		if key == "" {
			at = k.Value
		}
		if line, twice := seen[k.Value]; twice {
			d.mistake(k, at, "leave one of the two", "the key occurs twice, first in line %d", line)
			continue
		}
		seen[k.Value] = k.Line
		if read := find(fields, k.Value); read != nil && k.Kind == yaml.ScalarNode {
			read(value, at)
			continue
		}
		d.mistake(k, at, suggest(k.Value, fields), "unknown key")
	}
	return true
}

func find(fields []field, name string) func(*yaml.Node, string) {
	for _, f := range fields {
		if f.name == name {
			return f.read
		}
	}
	return nil
}

func suggest(word string, fields []field) string {
	if word == "<<" {
		return "merge keys are not supported: write the keys out"
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if near := nearest(word, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}

// list reads the items of a sequence; each gets its own key.
func (d *decoder) list(n *yaml.Node, key, example string, item func(n *yaml.Node, key string)) {
	n = target(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.mistake(n, key, "write "+example, "a list is expected, not %s", describe(n))
		return
	}
	for i, c := range n.Content {
		if d.spent(n) {
			return
		}
		item(c, key+"["+strconv.Itoa(i)+"]")
	}
}

// names reads a mapping whose keys are names that the user chooses; each value
// gets its own key.
func (d *decoder) names(n *yaml.Node, key, example string, item func(name, value *yaml.Node, key string)) {
	n = target(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.mistake(n, key, "write e.g. "+example, "names with values are expected, not %s", describe(n))
		return
	}
	for i := 0; i+1 < len(n.Content) && !d.spent(n); i += 2 {
		item(target(n.Content[i]), n.Content[i+1], key+"."+brief(target(n.Content[i]).Value))
	}
}

// scalar returns the text of a single value; ok is false when there is none, be
// it that nothing was written or that something else was.
func (d *decoder) scalar(n *yaml.Node, key, example string) (text string, at *yaml.Node, ok bool) {
	at = target(n)
	if isNull(at) {
		return "", at, false
	}
	if at.Kind != yaml.ScalarNode {
		d.mistake(at, key, "write "+example, "a single value is expected, not %s", describe(at))
		return "", at, false
	}
	return at.Value, at, true
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "keys with values"
	case yaml.ScalarNode:
		return fmt.Sprintf("%q", brief(n.Value))
	}
	return "an alias"
}

// brief shortens what is shown in a message.
func brief(text string) string {
	if r := []rune(text); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return text
}

// path reads the path of a file or folder; a number or a word such as true is
// taken as written.
func (d *decoder) path(to *string, example string) value {
	s := textSchema()
	if *to != "" {
		s.Default = *to
	}
	return value{schema: s, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		s = strings.TrimSpace(s)
		if s == "" {
			d.mistake(at, key, "write "+example+", or leave the key out", "it is empty")
			return
		}
		if err := checkPath(s); err != nil {
			d.mistake(at, key, "write "+example, "%v", err)
			return
		}
		*to = s
	}}
}

// integer reads a whole number within bounds.
func (d *decoder) integer(to *int, low, high int) value {
	preset := *to
	return value{schema: numberSchema("integer", float64(low), float64(high), float64(preset)), read: func(n *yaml.Node, key string) {
		example := fmt.Sprintf("a whole number from %d to %d, such as %d", low, high, preset)
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		number, err := strconv.Atoi(s)
		if err != nil || at.Tag != "!!int" {
			d.mistake(at, key, "write "+example, "%q is not a whole number", brief(s))
			return
		}
		if number < low || number > high {
			d.mistake(at, key, "write "+example, "%d is out of bounds", number)
			return
		}
		*to = number
	}}
}

// number reads a number with or without a point, within bounds.
func (d *decoder) number(to *float64, low, high float64) value {
	preset := *to
	return value{schema: numberSchema("number", low, high, preset), read: func(n *yaml.Node, key string) {
		example := fmt.Sprintf("a number from %g to %g, such as %g", low, high, preset)
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		number, err := strconv.ParseFloat(s, 64)
		switch {
		case err != nil || at.Tag != "!!int" && at.Tag != "!!float":
			d.mistake(at, key, "write "+example, "%q is not a number", brief(s))
		case !(number >= low && number <= high):
			d.mistake(at, key, "write "+example, "%s is out of bounds", brief(s))
		default:
			*to = number
		}
	}}
}

// truth reads true or false.
func (d *decoder) truth(to *bool) value {
	s := schema{Enum: []any{true, false, "yes", "no", "on", "off", nil}, Default: *to}
	return value{schema: s, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, "true or false")
		if !ok {
			return
		}
		switch strings.ToLower(s) {
		case "true", "yes", "on":
			*to = true
		case "false", "no", "off":
			*to = false
		default:
			d.mistake(at, key, "write true or false", "%q is neither true nor false", brief(s))
		}
	}}
}

// duration reads a duration within bounds.
func (d *decoder) duration(to *time.Duration, low, high time.Duration, example string) value {
	return value{schema: durationSchema(*to, example), read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, "e.g. "+example)
		if !ok {
			return
		}
		value, err := ParseDuration(strings.TrimSpace(s))
		switch {
		case err != nil:
			d.mistake(at, key, "write e.g. "+example, "%q is not a duration", brief(s))
		case value < low:
			d.mistake(at, key, "write e.g. "+example, "%s is too short", s)
		case value > high:
			d.mistake(at, key, "write e.g. "+example, "%s is too long", s)
		default:
			*to = value
		}
	}}
}

// size reads a number of bytes of at least low.
func (d *decoder) size(to *int64, low int64, example string) value {
	return value{schema: sizeSchema(low, *to, example), read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, "e.g. "+example)
		if !ok {
			return
		}
		value, err := ParseSize(strings.TrimSpace(s))
		switch {
		case err != nil:
			d.mistake(at, key, "write e.g. "+example, "%q is not a size", brief(s))
		case value < low:
			d.mistake(at, key, "write e.g. "+example, "%s is too small", s)
		default:
			*to = value
		}
	}}
}

// choice reads one of a few words.
func (d *decoder) choice(to *string, words ...string) value {
	return value{schema: wordSchema(*to, words...), read: func(n *yaml.Node, key string) {
		one := "one of " + strings.Join(words, ", ")
		s, at, ok := d.scalar(n, key, one)
		if !ok {
			return
		}
		for _, w := range words {
			if s == w {
				*to = w
				return
			}
		}
		write := "write " + one
		if near := nearest(s, words); near != "" {
			write = "did you mean " + near + "?"
		}
		d.mistake(at, key, write, "%q is not known", brief(s))
	}}
}
