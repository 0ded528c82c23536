package config

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpguts"

	"winnow/crawler"
)

// access returns the keys of a source that concern its requests.
func (d *decoder) access(a *crawler.Access) []field {
	hosts := listSchema(schema{Type: []string{"string", "null"}}, []any{"cdn.example"})
	return []field{
		{"headers", "HTTP headers sent with each request to the site. ${NAME} is a variable of the environment.", d.secrets(&a.Headers, "Accept-Language: de", map[string]string{"Accept-Language": "de"}, checkHeader)},
		{"cookies", "Cookies sent with each request to the site. ${NAME} is a variable of the environment.", d.secrets(&a.Cookies, `consent: "1"`, map[string]string{"consent": "1"}, checkCookie)},
		{"keep_cookies", "Send back the cookies that the site sets, until the pass ends.", d.truth(&a.KeepCookies)},
		{"basic_auth", "HTTP basic authentication, from the environment.", d.basicAuth(a)},
		{"proxy", "An http, https or socks5 proxy for this source; with a password \"${NAME}\".", d.proxy(&a.Proxy)},
		{"render", "Run the scripts of its pages in Chromium before reading them.", d.truth(&a.Render)},
		{"render_hosts", "Other hosts from which these scripts may load scripts and data.", value{schema: hosts, read: func(n *yaml.Node, key string) {
			d.list(n, key, "[cdn.example]", func(n *yaml.Node, key string) {
				s, at, ok := d.scalar(n, key, "a host, such as cdn.example")
				if !ok {
					return
				}
				if s = strings.ToLower(s); !isHost(s) {
					d.mistake(at, key, "write a host, such as cdn.example", "%q is not a host", brief(s))
					return
				}
				a.RenderHosts = append(a.RenderHosts, s)
			})
		}}},
	}
}

// variable is a reference to a variable of the environment.
var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// secret reads a text in which ${NAME} is replaced by a variable of the
// environment. fromEnvironment reports whether there was one.
func (d *decoder) secret(to *crawler.Secret, n *yaml.Node, key, example string) (fromEnvironment, ok bool) {
	s, at, ok := d.scalar(n, key, example)
	if !ok {
		return false, false
	}
	complete := true
	value := variable.ReplaceAllStringFunc(s, func(call string) string {
		fromEnvironment = true
		name := variable.FindStringSubmatch(call)[1]
		value := os.Getenv(name)
		if value == "" {
			complete = false
			d.mistake(at, key, "set it before winnow is started", "the environment variable %s is not set, or is empty", name)
		}
		return value
	})
	if strings.Contains(variable.ReplaceAllString(s, ""), "${") {
		// The text is not shown: it may be a password.
		d.mistake(at, key, "write ${NAME}", "${ is not followed by the name of a variable and }")
		return fromEnvironment, false
	}
	*to = crawler.Secret(value)
	return fromEnvironment, complete
}

// secrets reads values by their names. check returns what is wrong with one, and
// what to write instead.
func (d *decoder) secrets(to *map[string]crawler.Secret, example string, shown map[string]string, check func(name string, value string, fromEnvironment bool) (what, write string)) value {
	s := mapSchema(schema{Type: []string{"string", "number", "boolean"}}, shown)
	return value{schema: s, read: func(n *yaml.Node, key string) {
		d.names(n, key, example, func(name, n *yaml.Node, key string) {
			var value crawler.Secret
			fromEnvironment, ok := d.secret(&value, n, key, "e.g. "+example)
			if !ok {
				return
			}
			if what, write := check(name.Value, string(value), fromEnvironment); what != "" {
				d.mistake(name, key, write, "%s", what)
				return
			}
			if *to == nil {
				*to = map[string]crawler.Secret{}
			}
			(*to)[name.Value] = value
		})
	}}
}

// checkHeader refuses headers that winnow sets itself, and passwords.
func checkHeader(name, value string, fromEnvironment bool) (what, write string) {
	switch http.CanonicalHeaderKey(name) {
	case "User-Agent":
		return "all sources have the same user agent, by which robots.txt is read", "set user_agent"
	case "Cookie":
		return "cookies have their own key", "write cookies: {NAME: VALUE}"
	case "Host", "Connection", "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Accept-Encoding", "Range",
		"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Proxy-Authorization", "Proxy-Connection":
		return "winnow sets this header itself, or must not send it", "leave it out"
	case "Authorization":
		if !fromEnvironment {
			return "credentials do not belong in the file", `write "Bearer ${NAME}" and set the variable NAME, or use basic_auth`
		}
	}
	if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
		return "this cannot be sent as a header", "write e.g. Accept-Language: de"
	}
	return "", ""
}

func checkCookie(name, value string, _ bool) (what, write string) {
	if err := (&http.Cookie{Name: name, Value: value}).Valid(); err != nil {
		return "this cannot be sent as a cookie", `write e.g. consent: "1"`
	}
	return "", ""
}

func (d *decoder) basicAuth(a *crawler.Access) value {
	const write = "write {user: ${NAME}, password: ${OTHER}} and set both variables"
	credential := func(to *crawler.Secret) value {
		s := schema{Type: []string{"string"}, Pattern: variable.String(), Examples: []any{"${NAME}"}}
		return value{schema: s, read: func(n *yaml.Node, key string) {
			if fromEnvironment, ok := d.secret(to, n, key, "e.g. ${NAME}"); ok && !fromEnvironment {
				d.mistake(target(n), key, write, "credentials do not belong in the file")
			}
		}}
	}
	fields := []field{
		{"user", "The user name, from the environment.", credential(&a.User)},
		{"password", "The password, from the environment.", credential(&a.Password)},
	}
	return value{schema: objectSchema(fields, "user", "password"), read: func(n *yaml.Node, key string) {
		before := len(d.mistakes)
		if !d.mapping(n, key, fields) || len(d.mistakes) > before {
			return
		}
		if a.User == "" || a.Password == "" {
			d.mistake(target(n), key, write, "both user and password are needed")
		}
	}}
}

func (d *decoder) proxy(to *crawler.Secret) value {
	const example = "http://proxy.example:3128, https:// or socks5://; with a password ${NAME}, and the whole address in the variable NAME"
	return value{schema: textSchema("socks5://127.0.0.1:1080", "${PROXY}"), read: func(n *yaml.Node, key string) {
		var value crawler.Secret
		fromEnvironment, ok := d.secret(&value, n, key, example)
		if !ok {
			return
		}
		at := target(n)
		u, err := url.Parse(string(value))
		switch {
		case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5":
			d.mistake(at, key, "write "+example, "this is not the address of a proxy") // not shown: it may hold a password
		case u.User != nil && !fromEnvironment:
			d.mistake(at, key, "write "+example, "credentials do not belong in the file")
		default:
			*to = value
		}
	}}
}
