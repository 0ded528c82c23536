package testweb

import (
	"fmt"
	"strings"
	"time"
)

// feedLength is how many stories a feed has.
const feedLength = 8

func (r *renderer) rss() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>%s</title><link>%s/</link><description>News</description>\n",
		escaped(r.site().Name), r.bases[r.i])
	for _, s := range r.stories[:min(feedLength, len(r.stories))] {
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s?utm_source=rss</link><guid isPermaLink=\"false\">%s-%d</guid><pubDate>%s</pubDate><dc:creator>%s</dc:creator><description>%s</description></item>\n",
			escaped(s.title), r.url(s), r.site().key, s.number, s.date.Format(time.RFC1123Z), escaped(s.author), escaped(firstSentence(s.paras[0])))
	}
	b.WriteString("</channel></rss>\n")
	return []byte(b.String())
}

func (r *renderer) atom() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>%s</title><id>%s/</id><updated>%s</updated>\n",
		escaped(r.site().Name), r.bases[r.i], dayStart(r.day).Format(time.RFC3339))
	for _, s := range r.stories[:min(feedLength, len(r.stories))] {
		fmt.Fprintf(&b, "<entry><title>%s</title><link rel=\"alternate\" href=\"%s\"/><id>%s</id><published>%s</published><updated>%s</updated><author><name>%s</name></author><summary>%s</summary></entry>\n",
			escaped(s.title), r.url(s), r.url(s), s.date.Format(time.RFC3339), s.modified(r.day).Format(time.RFC3339), escaped(s.author), escaped(firstSentence(s.paras[0])))
	}
	b.WriteString("</feed>\n")
	return []byte(b.String())
}

func (r *renderer) sitemapIndex(paths ...string) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "<sitemap><loc>%s%s</loc><lastmod>%s</lastmod></sitemap>\n", r.bases[r.i], path, dayStart(r.day).Format(time.DateOnly))
	}
	b.WriteString("</sitemapindex>\n")
	return []byte(b.String())
}

// sitemap returns a sitemap of all stories, or a news sitemap of those of the last
// three days, with title and date.
func (r *renderer) sitemap(news bool) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n")
	for _, s := range r.stories {
		if news && s.date.Before(dayStart(r.day).AddDate(0, 0, -3)) {
			continue
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod>", r.url(s), s.modified(r.day).Format(time.RFC3339))
		if news {
			fmt.Fprintf(&b, "<news:news><news:publication><news:name>%s</news:name><news:language>%s</news:language></news:publication><news:publication_date>%s</news:publication_date><news:title>%s</news:title></news:news>",
				escaped(r.site().Name), r.site().Lang, s.date.Format(time.RFC3339), escaped(s.title))
		}
		b.WriteString("</url>\n")
	}
	b.WriteString("</urlset>\n")
	return []byte(b.String())
}
