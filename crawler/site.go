package crawler

import "net/url"

// SameSite says whether two normalised URLs lie on one site: hosts of one
// registrable domain, or the same host and port where there is none.
func SameSite(a, b string) bool {
	u, errA := url.Parse(a)
	v, errB := url.Parse(b)
	if errA != nil || errB != nil {
		return false
	}
	if u.Host == v.Host {
		return true
	}
	domain := registrable(u.Hostname())
	return domain != "" && domain == registrable(v.Hostname())
}
