package clean

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/news"
)

// Bounds, in words, that tell kinds of page apart.
const (
	noticeWords  = 150 // a page that says one thing (not found, log in, wait) is shorter
	galleryWords = 120 // a gallery has fewer
	shortWords   = 100 // a story with fewer is marked short
	teaserWords  = 250 // the open part of a paid story has fewer
)

// Phrases, as they stand in titles and first lines, in lower case.
var (
	challengePhrases = []string{
		"just a moment", "checking your browser", "attention required", "verify you are human", "verifying you are human",
		"are you a robot", "access denied", "ddos protection", "security check", "enable javascript and cookies",
		"please enable cookies", "unusual traffic", "pardon our interruption", "request unsuccessful",
		"проверка браузера", "вы не робот", "доступ ограничен", "доступ запрещен", "доступ запрещён", "перевірка браузера",
		"überprüfung ihres browsers", "vérification de votre navigateur", "请稍候", "安全验证", "人机验证",
	}
	missingPhrases = []string{
		"page not found", "error 404", "404 not found", "cannot find that page", "can't find that page", "couldn't find that page", "page cannot be found", "page can't be found", "page doesn't exist",
		"page does not exist", "no longer available", "nothing found", "страница не найдена", "не найдено", "ничего не найдено",
		"сторінку не знайдено", "сторінка не знайдена", "seite nicht gefunden", "page introuvable", "page non trouvée",
		"página no encontrada", "nie znaleziono strony", "strona nie istnieje", "页面不存在", "页面未找到", "找不到页面", "الصفحة غير موجودة",
	}
	wallPhrases = []string{
		"log in to", "log in or", "sign in to", "sign in or", "please log in", "please sign in", "subscribe to continue", "subscribe to read",
		"subscribers only", "for subscribers", "members only", "register to continue", "register to read", "create an account",
		"create a free account", "to continue reading", "before you continue", "войдите, чтобы", "авторизуйтесь", "только для подписчиков",
		"доступно по подписке", "увійдіть, щоб", "лише для передплатників", "melden sie sich an", "nur für abonnenten", "jetzt anmelden",
		"réservé aux abonnés", "réservée aux abonnés", "réservé à nos abonnés", "pour lire la suite", "il vous reste", "connectez-vous", "solo para suscriptores", "inicia sesión", "zaloguj się", "tylko dla prenumeratorów",
		"article is for subscribers", "article is for members", "to read the full", "already a subscriber", "оформите подписку", "щоб читати далі", "bereits abonnent",
		"um weiterzulesen", "weiterlesen mit", "para seguir leyendo", "contenido exclusivo", "aby czytać dalej", "dostęp tylko dla", "剩余内容", "会员专享", "付费阅读", "有料会員",
		"请登录", "登录后", "للمشتركين فقط", "تسجيل الدخول",
	}
	wallTitles = []string{"log in", "login", "sign in", "members", "subscribe", "вход", "авторизация", "вхід", "anmelden", "connexion", "iniciar sesión", "登录", "تسجيل الدخول"}
)

// kindOf says what a page is, and why, if it is no story.
func (x *Extractor) kindOf(page *news.Page, m *meta.Meta, f *found) (kind, why string) {
	s := f.shape(page, m)
	switch {
	case s.words == 0 && s.pageLetters == 0:
		return news.KindEmpty, "the page has no text"
	case s.words < noticeWords && (s.says(challengePhrases) || s.challenge):
		return news.KindChallenge, "the page asks the visitor to prove that it is no robot"
	case page.Status == http.StatusNotFound || page.Status == http.StatusGone:
		return news.KindSoft404, fmt.Sprintf("the server answered %d", page.Status)
	case s.words < noticeWords && s.says(missingPhrases):
		return news.KindSoft404, "the page says that there is nothing here"
	case s.words < noticeWords && s.password && (s.says(wallPhrases) || s.words < x.minWords),
		s.words < noticeWords && slices.Contains(wallTitles, s.title),
		s.words < x.minWords && (s.walled || s.says(wallPhrases)):
		return news.KindWall, "the page wants the visitor to log in or to pay first"
	case s.listed.isPage(x.minWords):
		return news.KindSection, fmt.Sprintf("a list: %d teasers hold %d words, %d stand outside of them", s.listed.teasers, s.listed.words, s.listed.outside)
	case s.list(x.minWords) || s.cards*2 > s.words && !slices.Contains(m.LDTypes, "LiveBlogPosting"):
		return news.KindSection, fmt.Sprintf("a list: %d links to other pages, %d of %d words in running text", s.links, s.running, s.words)
	case s.words < galleryWords && s.images >= 6 && s.images*12 > s.words:
		return news.KindGallery, fmt.Sprintf("%d pictures, %d words", s.images, s.words)
	case s.words == 0:
		return news.KindEmpty, "the page has no text that could be a story"
	case s.words < x.minWords:
		return news.KindShort, fmt.Sprintf("%d words, a story has %d or more", s.words, x.minWords)
	}
	return news.KindStory, ""
}

// shape is what a page looks like to who asks for its kind.
type shape struct {
	title       string   // in lower case
	base        *url.URL // of the page; empty when it has none
	lines       []string
	words       int // of what is left as story
	running     int // of them in running text
	pageLetters int32
	links       int // headlines that lead away, on the whole page
	teasers     int // of them within the story
	cards       int // words of the story that stand under a headline which leads away
	listed      teasers
	images      int // within the story's region
	front       bool
	password    bool // the page asks for a password
	challenge   bool // the page holds a known check against robots
	walled      bool // something says that one must pay or log in
	declared    bool // the page says of itself that it is a list
}

func (f *found) shape(page *news.Page, m *meta.Meta) shape {
	s := shape{base: &url.URL{}, title: strings.ToLower(strings.TrimSpace(m.Title)), walled: m.Paywalled}
	for _, b := range f.blocks {
		n := letters.CountWords(b.Text)
		s.words += n
		if letters.Count(b.Text) >= 80 {
			s.running += n
		}
		if len(s.lines) < 6 && len(b.Text) < 300 {
			s.lines = append(s.lines, strings.ToLower(b.Text))
		}
	}
	for _, t := range m.Titles {
		s.lines = append(s.lines, strings.ToLower(t))
	}
	for _, t := range m.LDTypes {
		switch t {
		case "CollectionPage", "ItemList", "SearchResultsPage":
			s.declared = true
		}
	}
	if u, err := url.Parse(page.URL); err == nil && page.URL != "" {
		s.base = u
		s.front = strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
	}
	if f.outline != nil {
		f.look(&s)
	}
	return s
}

// look takes in what the page as a whole shows.
func (f *found) look(s *shape) {
	first, last := int32(-1), int32(0)
	for i := range f.all {
		b := &f.all[i]
		s.pageLetters += b.Letters
		if b.Cut == 0 && b.LinkShare() > 0.8 && b.Letters >= 20 {
			s.links++
			if b.Rule != "outside" {
				s.teasers++
			}
		}
		if b.Rule == "login" || b.Rule == "popup" {
			s.walled = s.walled || letters.ContainsOneOf(strings.ToLower(b.Text), wallPhrases)
		}
		if b.Cut == 0 && b.In&dom.InTitle != 0 {
			s.lines = append(s.lines, strings.ToLower(b.Text))
		}
		if b.Rule == "" {
			if first < 0 {
				first = f.outline.Elements[b.Elem].Tokens.From
			}
			last = f.outline.Elements[b.Elem].Tokens.To
		}
	}
	if first < 0 {
		first, last = 0, int32(len(f.outline.Tokens))
	}
	s.cards, s.listed = f.cards(), f.teasers(s.base)
	for k := first; k < last; k++ {
		if f.outline.Tokens[k].Kind == dom.ImageToken {
			s.images++
		}
	}
	for i := range f.outline.Elements {
		n := f.outline.Elements[i].Node
		switch {
		case n.DataAtom == atom.Input && dom.Attr(n, "type") == "password":
			s.password = true
		case n.DataAtom == atom.Form || n.DataAtom == atom.Div:
			switch dom.Attr(n, "id") {
			case "challenge-form", "cf-challenge", "challenge-running", "px-captcha", "captcha-form":
				s.challenge = true
			}
		}
	}
}

// says looks for phrases in the titles and the first lines. Long lines tell of
// something; short ones speak to the visitor.
func (s *shape) says(phrases []string) bool {
	for _, l := range s.lines {
		if letters.CountWords(l) <= noticeLine && letters.ContainsOneOf(l, phrases) {
			return true
		}
	}
	return false
}

// noticeLine is the length, in words, of a line that speaks to the visitor.
const noticeLine = 14

// list says whether the page lists other pages more than it tells a story.
func (s *shape) list(minWords int) bool {
	switch {
	case s.front && s.links >= 5:
		return true
	case s.declared && s.links >= 5 && s.running < 4*minWords:
		return true
	case s.links >= 8 && s.running < 3*minWords && s.links*12 > s.running:
		return true
	}
	return s.teasers >= 6 && s.teasers*40 > s.running
}
