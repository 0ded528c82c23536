package wordlists

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-playground/locales/af"
	"github.com/go-playground/locales/am"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/az"
	"github.com/go-playground/locales/be"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/bs"
	"github.com/go-playground/locales/ca"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/cy"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/eo"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/et"
	"github.com/go-playground/locales/eu"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fil"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/ga"
	"github.com/go-playground/locales/gl"
	"github.com/go-playground/locales/gu"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/hy"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/is"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ka"
	"github.com/go-playground/locales/kk"
	"github.com/go-playground/locales/km"
	"github.com/go-playground/locales/kn"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/ky"
	"github.com/go-playground/locales/lb"
	"github.com/go-playground/locales/lo"
	"github.com/go-playground/locales/lt"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/mk"
	"github.com/go-playground/locales/ml"
	"github.com/go-playground/locales/mn"
	"github.com/go-playground/locales/mr"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/mt"
	"github.com/go-playground/locales/my"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/ne"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pa"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/ps"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/si"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sl"
	"github.com/go-playground/locales/so"
	"github.com/go-playground/locales/sq"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/sw"
	"github.com/go-playground/locales/ta"
	"github.com/go-playground/locales/te"
	"github.com/go-playground/locales/tg"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tk"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/ur"
	"github.com/go-playground/locales/uz"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/yo"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zu"

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

// otherCalendars are those of languages that have no word lists.
var otherCalendars = []struct {
	language string
	calendar
}{
	{"af", af.New()}, {"am", am.New()}, {"az", az.New()}, {"be", be.New()}, {"bn", bn.New()}, {"bs", bs.New()}, {"ca", ca.New()}, {"cy", cy.New()}, {"eo", eo.New()},
	{"eu", eu.New()}, {"tl", fil.New()}, {"ga", ga.New()}, {"gl", gl.New()}, {"gu", gu.New()}, {"hy", hy.New()}, {"is", is.New()}, {"ka", ka.New()}, {"kk", kk.New()},
	{"km", km.New()}, {"kn", kn.New()}, {"ky", ky.New()}, {"lb", lb.New()}, {"lo", lo.New()}, {"mk", mk.New()}, {"ml", ml.New()}, {"mn", mn.New()}, {"mr", mr.New()},
	{"ms", ms.New()}, {"mt", mt.New()}, {"my", my.New()}, {"ne", ne.New()}, {"pa", pa.New()}, {"ps", ps.New()}, {"si", si.New()}, {"so", so.New()}, {"sq", sq.New()},
	{"sw", sw.New()}, {"ta", ta.New()}, {"te", te.New()}, {"tg", tg.New()}, {"tk", tk.New()}, {"ur", ur.New()}, {"uz", uz.New()}, {"yo", yo.New()}, {"zu", zu.New()},
}

// minSureMonth is the length, in characters, from which the name of a month in otherCalendars
// is one on pages in any language.
const minSureMonth = 5

// addOtherCalendars adds the months of otherCalendars. Short names and abbreviations count
// on pages in their language alone.
func (l *Lists) addOtherCalendars() {
	for _, c := range otherCalendars {
		for _, names := range [][]string{c.MonthsWide(), c.MonthsAbbreviated()} {
			for n, name := range names {
				name = strings.TrimRight(name, ".")
				if utf8.RuneCountInString(name) < minAbbreviation {
					continue
				}
				l.addMonthOf(c.language, name, n+1)
			}
		}
		for n, name := range c.MonthsWide() {
			if utf8.RuneCountInString(name) >= minSureMonth && l.Common[letters.Fold(name)] == nil {
				l.addMonth(c.language, name, n+1)
			}
		}
	}
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
	l.addMonthOf(language, name, n)
	if name = letters.Fold(name); l.months[name] == 0 {
		l.months[name] = n
	}
}

// addMonthOf is addMonth for pages in the language alone.
func (l *Lists) addMonthOf(language, name string, n int) {
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
}

// Month returns the number of the month that a folded name means on a page in a
// language (ISO 639-1, or ""), 0 when it means none.
func (l *Lists) Month(name, language string) int {
	if n := l.monthsOf[language][name]; n != 0 {
		return n
	}
	return l.months[name]
}
