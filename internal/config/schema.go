package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// value is what reads a key's value, with the schema of what it accepts. Every
// value may be null, that is left out after its key.
type value struct {
	read   func(n *yaml.Node, key string)
	schema schema
}

// schema is a JSON Schema, as far as config.yaml needs it.
type schema struct {
	Draft       string      `json:"$schema,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Type        []string    `json:"type,omitempty"`
	Enum        []any       `json:"enum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	MinLength   int         `json:"minLength,omitempty"`
	MaxLength   int         `json:"maxLength,omitempty"`
	Minimum     *float64    `json:"minimum,omitempty"`
	Maximum     *float64    `json:"maximum,omitempty"`
	Items       *schema     `json:"items,omitempty"`
	Properties  *properties `json:"properties,omitempty"`
	Additional  any         `json:"additionalProperties,omitempty"` // false, or a *schema
	Required    []string    `json:"required,omitempty"`
	Default     any         `json:"default,omitempty"`
	Examples    []any       `json:"examples,omitempty"`
}

// properties are the keys of an object in the order in which they are read.
type properties struct {
	names   []string
	schemas []schema
}

// MarshalJSON implements [json.Marshaler].
func (p *properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range p.names {
		if i > 0 {
			b.WriteByte(',')
		}
		text, err := encode(p.schemas[i], "")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is like [json.Marshal], but with indentation and with < and > unescaped.
func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return b.Bytes(), err
}

// Schema returns the JSON Schema (draft 2020-12) of config.yaml for editors. It
// is made from the decoder's own table of keys, so that they agree. What a schema
// cannot say, such as that names are unique, is left to [Parse].
func Schema() []byte {
	c := Default()
	d := &decoder{}
	s := objectSchema(d.fields(c, new(*yaml.Node)))
	s.Draft, s.Title = "https://json-schema.org/draft/2020-12/schema", "Configuration of winnow"
	s.Description = "Every key has a default, but the name and the site of a source."
	text, err := encode(s, "  ")
	if err != nil {
		panic(err) // a bug: the schema is made of strings and numbers
	}
	return text
}

func objectSchema(fields []field, required ...string) schema {
	p := &properties{}
	for _, f := range fields {
		s := f.schema
		s.Description = f.about
		p.names, p.schemas = append(p.names, f.name), append(p.schemas, s)
	}
	return schema{Type: []string{"object", "null"}, Properties: p, Additional: false, Required: required}
}

// notNull returns the schema without null, for an item that is required.
func notNull(s schema) schema {
	s.Type = s.Type[:1]
	return s
}

func textSchema(examples ...any) schema {
	return schema{Type: []string{"string", "null"}, MinLength: 1, Examples: examples}
}

func listSchema(items schema, examples ...any) schema {
	return schema{Type: []string{"array", "null"}, Items: &items, Examples: examples}
}

// mapSchema returns the schema of an object whose keys the user chooses.
func mapSchema(values schema, examples ...any) schema {
	return schema{Type: []string{"object", "null"}, Additional: &values, Examples: examples}
}

func numberSchema(kind string, low, high, preset float64) schema {
	return schema{Type: []string{kind, "null"}, Minimum: &low, Maximum: &high, Default: preset}
}

// durationSchema allows the text that [ParseDuration] reads, and the number 0.
func durationSchema(preset time.Duration, example string) schema {
	zero := 0.0
	return schema{Type: []string{"string", "integer", "null"}, Pattern: `^(0|(\d+(\.\d+)?(ms|w|d|h|m|s))+)$`, Minimum: &zero, Maximum: &zero,
		Default: writeDuration(preset), Examples: []any{example}}
}

// sizeSchema allows the text that [ParseSize] reads, and a number of bytes.
func sizeSchema(low, preset int64, example string) schema {
	least := float64(low)
	return schema{Type: []string{"string", "integer", "null"}, Pattern: `^\d+(\.\d+)? ?([KkMmGgTt][Ii]?)?[Bb]?$`, Minimum: &least,
		Default: writeSize(preset), Examples: []any{example}}
}

func wordSchema(preset string, words ...string) schema {
	s := schema{Default: preset}
	for _, w := range words {
		s.Enum = append(s.Enum, w)
	}
	s.Enum = append(s.Enum, nil)
	return s
}

// writeDuration writes a duration as [ParseDuration] reads it; 0 is a number.
func writeDuration(d time.Duration) any {
	if d == 0 {
		return 0
	}
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d%unit.is == 0 {
			return strconv.FormatInt(int64(d/unit.is), 10) + unit.name
		}
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// writeSize writes a number of bytes as [ParseSize] reads it; 0 is a number.
func writeSize(bytes int64) any {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if one := int64(sizeUnits[strings.ToLower(unit)]); bytes > 0 && bytes%one == 0 {
			return strconv.FormatInt(bytes/one, 10) + unit
		}
	}
	return bytes
}
