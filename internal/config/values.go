package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // CRON_TZ= lines also work on machines without a time zone database

	"winnow/schedule"
)

const day = 24 * time.Hour

// durationPart is one number with its unit at the start of a duration.
var durationPart = regexp.MustCompile(`^(\d+(?:\.\d+)?)(ms|w|d|h|m|s)`)

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day,
}

// ParseDuration reads "2s", "1h30m", "90d", "2w", "1w12h" and a bare "0". A day
// is 24 hours, a week 7 days. Signs, and units smaller than a millisecond, are
// of no use in a configuration, and errors.
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	rest, total := text, 0.0
	for rest != "" {
		part := durationPart.FindStringSubmatch(rest)
		if part == nil {
			return 0, fmt.Errorf("%q is not a duration", text)
		}
		number, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration", text)
		}
		total += number * float64(durationUnits[part[2]])
		rest = rest[len(part[0]):]
	}
	if text == "" {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	if total >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is more than 292 years", text)
	}
	return time.Duration(total), nil
}

var sizeForm = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?([A-Za-z]*)$`)

var sizeUnits = map[string]float64{
	"": 1, "b": 1,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
}

// ParseSize reads a number of bytes: "10MiB" and "1.5GiB" (powers of 1024),
// "10MB" (powers of 1000), "4096".
func ParseSize(text string) (int64, error) {
	part := sizeForm.FindStringSubmatch(text)
	if part == nil {
		return 0, fmt.Errorf("%q is not a size", text)
	}
	unit, ok := sizeUnits[strings.ToLower(part[2])]
	if !ok {
		return 0, fmt.Errorf("%q is not a size: there is no unit %q", text, part[2])
	}
	number, err := strconv.ParseFloat(part[1], 64)
	if err != nil || number*unit >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is too large a size", text)
	}
	return int64(number * unit), nil
}

// checkSchedule returns what is wrong with a cron line, or nil.
func checkSchedule(line string) error {
	if _, err := schedule.ParseLine(line, nil); err != nil {
		return err
	}
	if every, ok := strings.CutPrefix(line, "@every "); ok {
		if d, err := time.ParseDuration(every); err != nil || d < time.Second {
			return fmt.Errorf("%q is too often: @every takes a second or more", line)
		}
	}
	return nil
}

// parseWeb reads an absolute http or https URL; with a base also a path on it.
func parseWeb(text string, base *url.URL) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil && strings.Contains(text, "@") {
		return nil, errors.New("this is not a URL")
	}
	if err != nil {
		return nil, fmt.Errorf("%q is not a URL", brief(text))
	}
	if base != nil && u.Scheme == "" && strings.HasPrefix(u.Path, "/") {
		u = base.ResolveReference(u)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", strings.ContainsAny(u.Host, " \t"):
		return nil, fmt.Errorf("%q is not a web address", brief(text))
	case u.User != nil:
		// Without the address: it would show the password.
		return nil, errors.New("the address holds a user name or a password, which is not sent")
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q has no valid port", brief(text))
		}
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// parseNetwork reads a CIDR or a single address.
func parseNetwork(text string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), nil
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	return netip.Prefix{}, fmt.Errorf("%q is not a network", text)
}

// hostForm is a host name, an IPv4 address or an IPv6 address in brackets, with
// a port where wanted.
var hostForm = regexp.MustCompile(`^(?:[\pL\pN](?:[\pL\pN._-]*[\pL\pN])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$`)

// isHost reports whether text is a host or host:port; a bare IPv6 address counts.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	m := hostForm.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	if m[1] == "" {
		return true
	}
	n, err := strconv.Atoi(m[1])
	return err == nil && n >= 1 && n <= 65535
}

// scheme begins a URL. One letter is not a scheme but a drive of Windows.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

// checkPath returns what is wrong with the path of a file or folder, or nil.
func checkPath(text string) error {
	if s := scheme.FindString(text); s != "" {
		// Without the rest of the URL: it may hold a password.
		return fmt.Errorf("this is a URL (%s), not a path", s)
	}
	if strings.HasPrefix(text, "~") {
		return fmt.Errorf("%q is not expanded: only shells know what ~ is", brief(text))
	}
	return nil
}

// keywords is how the parameters of a connection to PostgreSQL are written elsewhere:
// host=… password=….
var keywords = regexp.MustCompile(`^\s*(?:host|hostaddr|port|dbname|user|password|passfile|service|sslmode)\s*=`)

// checkState returns what is wrong with the address of the state, or nil.
func checkState(text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	scheme, _, ok := strings.Cut(text, "://")
	if !ok {
		if keywords.MatchString(text) { // without them: they may hold a password
			return errors.New("this is a list of connection parameters, not a path")
		}
		if strings.HasSuffix(text, "/") {
			return fmt.Errorf("%q is a folder", text)
		}
		return checkPath(text)
	}
	if scheme != "postgres" && scheme != "postgresql" {
		return fmt.Errorf("%s:// is not supported", scheme)
	}
	u, err := url.Parse(text)
	if err != nil {
		// The cause would show the password.
		return errors.New("it is not a valid postgres:// address")
	}
	if u.Host == "" && u.Query().Get("host") == "" {
		return errors.New("the postgres:// address has no host")
	}
	return nil
}
