package wordlists

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/et"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/lt"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sl"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"

	"winnow/clean/internal/letters"
)

// calendar is what CLDR has of a language: the names of months and days.
type calendar interface {
	MonthsWide() []string
	MonthsAbbreviated() []string
	WeekdayWide(time.Weekday) string
}

// calendars are those of the languages that winnow reads, by ISO 639-1 code.
// Where two languages use one name for different months, the first counts on
// pages whose language is not known. Japanese and Korean number their months.
var calendars = []struct {
	language string
	calendar
}{
	{"en", en.New()}, {"ru", ru.New()}, {"es", es.New()}, {"de", de.New()}, {"fr", fr.New()}, {"ar", ar.New()}, {"zh", zh.New()}, {"pt", pt.New()}, {"it", it.New()},
	{"uk", uk.New()}, {"pl", pl.New()}, {"tr", tr.New()}, {"nl", nl.New()}, {"sv", sv.New()}, {"no", nb.New()}, {"da", da.New()}, {"fi", fi.New()}, {"cs", cs.New()},
	{"sk", sk.New()}, {"sl", sl.New()}, {"hu", hu.New()}, {"ro", ro.New()}, {"bg", bg.New()}, {"sr", sr.New()}, {"el", el.New()}, {"he", he.New()}, {"fa", fa.New()},
	{"hi", hi.New()}, {"th", th.New()}, {"id", id.New()}, {"vi", vi.New()}, {"et", et.New()}, {"lv", lv.New()}, {"lt", lt.New()}, {"hr", hr.New()}, {"ja", ja.New()}, {"ko", ko.New()},
}

// addCalendars adds the months and weekdays of CLDR.
func (l *Lists) addCalendars() {
	for _, c := range calendars {
		for n, name := range c.MonthsWide() {
			l.addMonth(c.language, name, n+1)
		}
		for n, name := range c.MonthsAbbreviated() {
			if name = strings.TrimRight(name, ".॰׳"); utf8.RuneCountInString(name) >= minAbbreviation && l.Common[letters.Fold(name)] == nil {
				l.addMonth(c.language, name, n+1)
			}
		}
		for day := time.Sunday; day <= time.Saturday; day++ {
			l.words[Weekdays].add(letters.Fold(c.WeekdayWide(day)))
		}
	}
}

// minAbbreviation is the length, in characters, of the shortest abbreviation of a
// month. What is shorter is another word as well.
const minAbbreviation = 3

// addMonth adds a name of month n of a language. Names that are numbers, as in
// Japanese, are left out.
func (l *Lists) addMonth(language, name string, n int) {
	if name == "" || strings.ContainsAny(name, "0123456789") {
		return
	}
	name = letters.Fold(name)
	if l.monthsOf[language] == nil {
		l.monthsOf[language] = map[string]int{}
	}
	if l.monthsOf[language][name] == 0 {
		l.monthsOf[language][name] = n
	}
	if l.months[name] == 0 {
		l.months[name] = n
	}
}

// Month returns the number of the month that a folded name means on a page in a
// language (ISO 639-1, or ""), 0 when it means none.
func (l *Lists) Month(name, language string) int {
	if n := l.monthsOf[language][name]; n != 0 {
		return n
	}
	return l.months[name]
}
