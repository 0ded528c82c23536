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

// access lists the keys of a source that say what its requests need.
func (d *decoder) access(a *crawler.Access) []field {
	return []field{
		{"headers", func(n *yaml.Node, key string) { d.secrets(&a.Headers, n, key, "Accept-Language: de", checkHeader) }},
		{"cookies", func(n *yaml.Node, key string) { d.secrets(&a.Cookies, n, key, `consent: "1"`, checkCookie) }},
		{"keep_cookies", d.truth(&a.KeepCookies)},
		{"basic_auth", func(n *yaml.Node, key string) { d.basicAuth(a, n, key) }},
		{"proxy", d.proxy(&a.Proxy)},
		{"render", d.truth(&a.Render)},
		{"render_hosts", func(n *yaml.Node, key string) {
			d.list(n, key, "[cdn.example]", func(n *yaml.Node, key string) {
				s, at, ok := d.scalar(n, key, "a host, such as cdn.example")
				if !ok {
					return
				}
				if s = strings.ToLower(s); !isHost(s) {
					d.mistake(at, key, "write a host, such as cdn.example", "%q is no host", brief(s))
					return
				}
				a.RenderHosts = append(a.RenderHosts, s)
			})
		}},
	}
}

// variable is how a value of the environment is called for.
var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// secret reads a text in which ${NAME} stands for a variable of the
// environment, and says whether there was one.
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
			d.mistake(at, key, "set it before winnow is started", "there is no variable %s in the environment, or it is empty", name)
		}
		return value
	})
	if strings.Contains(variable.ReplaceAllString(s, ""), "${") {
		// The text is not shown: it may be a password.
		d.mistake(at, key, "write ${NAME}", "after ${ the name of a variable and } are missing")
		return fromEnvironment, false
	}
	*to = crawler.Secret(value)
	return fromEnvironment, complete
}

// secrets reads values by their names.
func (d *decoder) secrets(to *map[string]crawler.Secret, n *yaml.Node, key, example string, check func(name string, value string, fromEnvironment bool) (what, write string)) {
	n = target(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.mistake(n, key, "write e.g. "+example, "%s where names with values belong", describe(n))
		return
	}
	for i := 0; i+1 < len(n.Content) && !d.spent(n); i += 2 {
		name := target(n.Content[i]).Value
		at := key + "." + brief(name)
		var value crawler.Secret
		fromEnvironment, ok := d.secret(&value, n.Content[i+1], at, "e.g. "+example)
		if !ok {
			continue
		}
		if what, write := check(name, string(value), fromEnvironment); what != "" {
			d.mistake(n.Content[i], at, write, "%s", what)
			continue
		}
		if *to == nil {
			*to = map[string]crawler.Secret{}
		}
		(*to)[name] = value
	}
}

// checkHeader refuses headers that winnow sets itself, and passwords.
func checkHeader(name, value string, fromEnvironment bool) (what, write string) {
	switch http.CanonicalHeaderKey(name) {
	case "User-Agent":
		return "all sources have one user agent, since robots.txt is asked for it", "set user_agent for all"
	case "Cookie":
		return "cookies have a place of their own", "write cookies: {NAME: VALUE}"
	case "Host", "Connection", "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Accept-Encoding", "Range",
		"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Proxy-Authorization", "Proxy-Connection":
		return "winnow sets this header itself, or must not send it", "leave it out"
	case "Authorization":
		if !fromEnvironment {
			return "what opens doors does not belong in the file", `write "Bearer ${NAME}" and set the variable NAME, or use basic_auth`
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

func (d *decoder) basicAuth(a *crawler.Access, n *yaml.Node, key string) {
	const write = "write {user: ${NAME}, password: ${OTHER}} and set both variables"
	before := len(d.mistakes)
	read := func(to *crawler.Secret) func(*yaml.Node, string) {
		return func(n *yaml.Node, key string) {
			if fromEnvironment, ok := d.secret(to, n, key, "e.g. ${NAME}"); ok && !fromEnvironment {
				d.mistake(target(n), key, write, "what opens doors does not belong in the file")
			}
		}
	}
	if !d.mapping(n, key, []field{{"user", read(&a.User)}, {"password", read(&a.Password)}}) || len(d.mistakes) > before {
		return
	}
	if a.User == "" || a.Password == "" {
		d.mistake(target(n), key, write, "both user and password are needed")
	}
}

func (d *decoder) proxy(to *crawler.Secret) func(*yaml.Node, string) {
	const example = "http://proxy.example:3128, https:// or socks5://; with a password ${NAME}, and the whole address in the variable NAME"
	return func(n *yaml.Node, key string) {
		var value crawler.Secret
		fromEnvironment, ok := d.secret(&value, n, key, example)
		if !ok {
			return
		}
		at := target(n)
		u, err := url.Parse(string(value))
		switch {
		case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5":
			d.mistake(at, key, "write "+example, "this is no address of a proxy") // not shown: it may hold a password
		case u.User != nil && !fromEnvironment:
			d.mistake(at, key, "write "+example, "what opens doors does not belong in the file")
		default:
			*to = value
		}
	}
}
