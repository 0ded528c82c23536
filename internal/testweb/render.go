package testweb

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

//go:embed templates/*.html
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// resource is the answer of one path.
type resource struct {
	status   int
	mime     string
	body     []byte
	location string    // of a redirect
	modified time.Time // for Last-Modified; zero for none
	etag     bool
	flaky    bool // the first two answers have status 500
}

// link is a link to a story or a section.
type link struct {
	URL, Title, Summary, DateText string
}

// view is the data of a template.
type view struct {
	Site          *site
	Noise         *noise
	Base, URL     string
	Title         string
	Summary       string
	Author        string
	Published     string
	DateText      string
	Number, Views int
	Section       link
	Sections      []link
	Tags          []string
	Before, After []string // the text before and after what is in its middle
	Quote         string   // of another story of the site
	Sponsor       sponsor
	Related       []link
	Origin        *link
	LD            template.JS
	Items         []link
	Prev, Next    string
}

// renderer makes the pages of one site on one day.
type renderer struct {
	bases   []string // URLs of all sites, without a slash at the end
	i       int      // of this site
	day     int
	stories []*story             // of this site on this day, newest first
	out     map[string]*resource // by path
}

func (r *renderer) site() *site { return &sites[r.i] }

// path returns the path of the story, in its site's style.
func (s *story) path() string {
	switch s.site {
	case 0:
		return s.date.Format("/2006/01/") + s.slug + "/"
	case 1:
		return fmt.Sprintf("/news/%d.html", 1040+s.number)
	case 2:
		return "/a/" + s.slug
	case 3:
		return fmt.Sprintf("/news/%d/", 21730+s.number)
	}
	return "/item/" + s.slug
}

func (r *renderer) url(s *story) string { return r.bases[s.site] + s.path() }

func (r *renderer) sectionPath(key string, page int) string {
	paths := [...]string{"/category/%s/", "/%s/index.html", "/s/%s", "/%s/", "/in/%s"}
	path := fmt.Sprintf(paths[r.i], key)
	if page == 1 {
		return path
	}
	switch r.i {
	case 0:
		return fmt.Sprintf("%spage/%d/", path, page)
	case 1:
		return strings.Replace(path, "index", fmt.Sprintf("index%d", page), 1)
	}
	return fmt.Sprintf("%s?page=%d", path, page)
}

var russianMonths = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}

func (r *renderer) dateText(t time.Time) string {
	switch r.i {
	case 0:
		return t.Format("2 January 2006, 15:04")
	case 1:
		return t.Format("January 2, 2006")
	case 2:
		return t.Format("Mon 2 Jan 2006")
	case 3:
		return fmt.Sprintf("%d %s %d, %s", t.Day(), russianMonths[t.Month()-1], t.Year(), t.Format("15:04"))
	}
	return t.Format("2006-01-02")
}

func (r *renderer) link(s *story) link {
	return link{URL: r.url(s), Title: s.title, Summary: firstSentence(s.paras[0]), DateText: r.dateText(s.date)}
}

func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i > 0 {
		return text[:i+1]
	}
	return text
}

func (r *renderer) view() view {
	v := view{Site: r.site(), Noise: &r.site().noise, Base: r.bases[r.i]}
	for _, s := range r.site().sections {
		v.Sections = append(v.Sections, link{URL: r.sectionPath(s.Key, 1), Title: s.Name})
	}
	return v
}

func (r *renderer) add(path, name string, v view, modified time.Time, etag bool) *resource {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		panic("unreachable, every template is run by a test: " + err.Error())
	}
	res := &resource{status: 200, mime: "text/html; charset=utf-8", body: b.Bytes(), modified: modified, etag: etag}
	switch r.i {
	case 1:
		res.mime, res.body = "text/html", encoded(charmap.Windows1252, res.body)
	case 3:
		res.mime, res.body = "text/html; charset=windows-1251", encoded(charmap.Windows1251, res.body)
	}
	r.out[path] = res
	return res
}

func encoded(m *charmap.Charmap, body []byte) []byte {
	out, err := m.NewEncoder().Bytes(body)
	if err != nil {
		panic("unreachable, every page is encoded by a test: " + err.Error())
	}
	return out
}

// story adds the page of a story.
func (r *renderer) story(s *story) {
	v := r.view()
	paras := s.text(r.day)
	half := max(len(paras)/2, 1)
	v.Before, v.After = paras[:half], paras[half:]
	v.URL, v.Title, v.Author, v.Tags, v.Number = r.url(s), s.title, s.author, s.tags, s.number
	v.Summary = firstSentence(s.paras[0])
	v.Published, v.DateText = s.date.Format(time.RFC3339), r.dateText(s.date)
	v.Views = 200 + s.number*s.number*37%4000
	v.Sponsor = r.site().noise.Sponsor[s.number%len(r.site().noise.Sponsor)]
	for _, section := range r.site().sections {
		if section.Key == s.section {
			v.Section = link{URL: r.sectionPath(section.Key, 1), Title: section.Name}
		}
	}
	if s.edit != "" {
		v.Origin = &link{URL: r.bases[s.origin] + "/", Title: sites[s.origin].Name}
	}
	v.Related = r.related(s)
	if slug := v.Noise.Quoted; slug != s.slug {
		v.Quote = quoted(r.stories, slug)
	}
	if r.i == 0 {
		ld, err := json.Marshal(map[string]any{
			"@context": "https://schema.org", "@type": "NewsArticle", "headline": s.title,
			"datePublished": v.Published, "dateModified": s.modified(r.day).Format(time.RFC3339),
			"author":    map[string]string{"@type": "Person", "name": s.author},
			"publisher": map[string]string{"@type": "Organization", "name": r.site().Name},
			"keywords":  s.tags, "url": v.URL,
		})
		if err != nil {
			panic("unreachable: strings always marshal: " + err.Error())
		}
		v.LD = template.JS(ld)
	}
	res := r.add(s.path(), r.site().key+"_story.html", v, s.modified(r.day), r.i != 1)
	res.flaky = s.flaky
	if s.moved {
		r.out["/old/"+s.slug] = &resource{status: 301, mime: "text/plain", location: r.url(s)}
	}
}

// quoted returns the second paragraph of the story of that slug, "" for none.
func quoted(stories []*story, slug string) string {
	for _, s := range stories {
		if slug != "" && s.slug == slug {
			return s.paras[1]
		}
	}
	return ""
}

// related returns links to three other stories of the first day: a page does not
// change when another is added.
func (r *renderer) related(s *story) []link {
	var first []*story
	for _, other := range r.stories {
		if other.day == 1 {
			first = append(first, other)
		}
	}
	var out []link
	for k := 0; k < len(first) && len(out) < 3; k++ {
		if other := first[(s.number*5+k)%len(first)]; other != s {
			out = append(out, r.link(other))
		}
	}
	return out
}

// lists adds the front page and the sections, with four stories a page.
func (r *renderer) lists() {
	const perPage = 4
	show := func(title string, stories []*story, path func(page int) string) {
		for page := 1; page == 1 || (page-1)*perPage < len(stories); page++ {
			v := r.view()
			v.Title = title
			from := (page - 1) * perPage
			for _, s := range stories[from:min(from+perPage, len(stories))] {
				l := r.link(s)
				if s.moved {
					l.URL = r.bases[r.i] + "/old/" + s.slug
				}
				v.Items = append(v.Items, l)
			}
			if page > 1 {
				v.Prev = path(page - 1)
			}
			if from+perPage < len(stories) {
				v.Next = path(page + 1)
			}
			var newest time.Time
			for _, s := range stories {
				if m := s.modified(r.day); m.After(newest) {
					newest = m
				}
			}
			r.add(path(page), r.site().key+"_list.html", v, newest, true)
		}
	}
	front := r.stories[:min(perPage, len(r.stories))]
	show(r.site().Name, front, func(int) string { return "/" })
	for _, section := range r.site().sections {
		var in []*story
		for _, s := range r.stories {
			if s.section == section.Key {
				in = append(in, s)
			}
		}
		show(section.Name, in, func(page int) string { return r.sectionPath(section.Key, page) })
	}
}

// render returns the resources of a site by path.
func render(bases []string, i, day int, all []*story) map[string]*resource {
	r := &renderer{bases: bases, i: i, day: day, out: map[string]*resource{}}
	for _, s := range all {
		if s.site == i && s.day <= day {
			r.stories = append(r.stories, s)
		}
	}
	for _, s := range r.stories {
		r.story(s)
	}
	slices.SortStableFunc(r.stories, func(a, b *story) int { return b.date.Compare(a.date) })
	r.lists()
	base := bases[i]
	switch i {
	case 0:
		r.text("/robots.txt", "User-agent: *\nDisallow: /members/\nCrawl-delay: 0.02\n\nSitemap: "+base+"/sitemap_index.xml\nSitemap: "+base+"/news-sitemap.xml\n")
		r.out["/members/crew-list"] = &resource{status: 200, mime: "text/html; charset=utf-8", body: []byte("<html><title>Crew list</title><p>For members only, and not for crawlers.</p></html>")}
		r.xml("/feed/", "application/rss+xml", r.rss())
		r.xml("/sitemap_index.xml", "application/xml", r.sitemapIndex("/sitemap-stories.xml"))
		r.xml("/sitemap-stories.xml", "application/xml", r.sitemap(false))
		r.xml("/news-sitemap.xml", "application/xml", r.sitemap(true))
	case 1:
		for _, path := range []string{"/premium/login.html", "/premium/tables.html"} {
			r.add(path, "wall.html", r.view(), time.Time{}, false)
		}
	case 2:
		r.text("/robots.txt", "User-agent: *\nAllow: /\nSitemap: "+base+"/sitemap.xml.gz\n")
		r.xml("/atom.xml", "application/atom+xml", r.atom())
		r.xml("/sitemap.xml.gz", "application/gzip", gzipped(r.sitemap(false)))
	case 3:
		r.text("/robots.txt", "User-agent: *\nDisallow: /bitrix/\nDisallow: /auth/\nSitemap: "+base+"/sitemap.xml\n")
		r.xml("/sitemap.xml", "application/xml", r.sitemap(false))
		r.xml("/rss.php", "application/rss+xml; charset=windows-1251", encoded(charmap.Windows1251, bytes.Replace(r.rss(), []byte("UTF-8"), []byte("windows-1251"), 1)))
		r.add("/news/1/", "missing.html", r.view(), time.Time{}, false)
	case 4:
		r.text("/robots.txt", "User-agent: *\nDisallow: /member\nSitemap: "+base+"/news.xml\n")
		r.xml("/rss.xml", "application/rss+xml", r.rss())
		r.xml("/news.xml", "application/xml", r.sitemap(true))
	}
	return r.out
}

func (r *renderer) text(path, body string) {
	r.out[path] = &resource{status: 200, mime: "text/plain; charset=utf-8", body: []byte(body)}
}

func (r *renderer) xml(path, mime string, body []byte) {
	var newest time.Time
	for _, s := range r.stories {
		if m := s.modified(r.day); m.After(newest) {
			newest = m
		}
	}
	r.out[path] = &resource{status: 200, mime: mime, body: body, etag: true, modified: newest}
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a bytes.Buffer never fails
	_ = w.Close()
	return b.Bytes()
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
