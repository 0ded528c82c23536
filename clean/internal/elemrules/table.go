package elemrules

import (
	"winnow/clean/internal/dom"
)

// Table is the table of what is never story, by the element it stands in.
// Earlier rules go first where two match. Every rule has a page in testdata
// that needs it.
var Table = []Rule{
	{ID: "screen-reader", Why: "spoken help, not shown", Guard: 0.1,
		Words: "sr+only visually+hidden visuallyhidden screen+reader+text screenreader sronly skip+link skip+to"},
	{ID: "widget", Why: "a control, not text", Guard: 1,
		Tags: "button select option textarea canvas object embed applet datalist progress meter amp-iframe amp-list amp-consent amp-analytics amp-sidebar amp-form"},
	{ID: "consent", Why: "asks for consent to cookies", Guard: usualGuard, Sum: true,
		Words: "cookie cookies consent gdpr onetrust cookiebot didomi usercentrics axeptio tarteaucitron sp+message sourcepoint qc+cmp quantcast fc+consent iubenda klaro osano termly cky cmplz complianz borlabs moove+gdpr evidon trustarc truste cmpbox ppms+cm cc+window cc+banner privacy+center cookielaw ccpa =cmp cmp+container cybot cookieconsent privacy+banner privacy+notice"},
	{ID: "consent-box", Why: "asks for consent to cookies, in many words", Match: isConsentBox, Guard: 0.98},
	{ID: "twin-story", Why: "another story of an endless page", Match: isTwinStory, Guard: 0.98},
	{ID: "player", Why: "text of a player", Guard: usualGuard,
		Tags:  "video audio amp-video amp-audio amp-youtube amp-video-iframe amp-brightcove amp-jwplayer",
		Words: "player vjs jwplayer videoplayer video+container audio+player video+player video+js plyr persistent+player listen+to podcast+player"},
	{ID: "comments", Why: "readers' comments", Guard: 0.85,
		Words: "=comments =comment comments commentlist disqus respond viafoura hyvor livefyre coral comment+list comment+form comment+respond comment+section comments+area comment+thread commentarea commento fb+comments bx+comments comentarios kommentare kommentar commentaires reacties facebook+comments"},
	{ID: "comment", Why: "a reader's comment, with a link to answer it", Match: hasReplyLink, Guard: 0.85},
	{ID: "thread", Why: "readers' comments, told by how they are built", Match: isThread, Guard: 0.85},
	{ID: "ads", Why: "an advertisement", Guard: usualGuard,
		Tags:  "ins amp-ad amp-embed amp-sticky-ad amp-auto-ads",
		Words: "ad ads adv advert adverts advertisement advertisements advertising advertise adsense adslot adsbygoogle adunit adbox adblock adwrap adwrapper dfp gpt adfox arcad adspot adcontainer adtech doubleclick banner+ad mpu leaderboard billboard reklama reklam anzeige werbung publicidad publicite annonce code+block google+auto e3lan skyscraper adhesion admicro adlabel adinread inread"},
	{ID: "sponsored", Why: "paid for by somebody else", Guard: usualGuard,
		Words: "sponsor sponsored sponsors promoted paid+post paid+content partner+content native+ad advertorial affiliate partnership kg+product"},
	{ID: "recirculation", Why: "links that a service places", Guard: usualGuard,
		Words: "taboola outbrain trc revcontent zergnet mgid recirc recirculation dianomi plista ligatus strossle"},
	{ID: "newsletter", Why: "asks to subscribe to a newsletter", Guard: usualGuard,
		Words: "newsletter newsletters =nl mailchimp mc+embed optin signup subscribe subscription+form sign+up boletin infolettre mailing mailerlite convertkit email+signup inline+signup newslettersignup newsletter+signup kg+signup signup+card rassylka nyhetsbrev nieuwsbrief"},
	{ID: "login", Why: "asks to log in or to pay", Guard: usualGuard, Sum: true,
		Words: "login signin log+in sign+in paywall piano regwall meter metered abo abonnement abonnements registration registerwall subscribe+wall subscription+wall tp+modal tp+container =auth auth+panel auth+form user+menu"},
	{ID: "share", Why: "buttons to share the page", Guard: usualGuard,
		Tags:  "amp-social-share amp-addthis",
		Words: "share shares sharing sharebar sharedaddy sharethis shareaholic addthis addtoany essb sns social socials socialshare socialmedia social+share social+links social+media social+bar social+icons ssba bdsharebuttonbox sharebuttons sharebutton sharetools sharelinks sharebox partager teilen compartir"},
	{ID: "related", Why: "leads to other stories", Guard: usualGuard,
		Words: "related relateds relatedposts relatedcontent relatedarticles relatedlinks read+also also+read see+also read+next more+stories more+news more+articles more+from more+like recommended+for recommended+stories recommended+articles recommendations most+read most+popular most+viewed mostread mostpopular popular trending up+next upnext jp+relatedposts yarpp in+other+news results+list further+reading you+may+like might+like onward onwards onwardjourney promos latest+news latest+posts next+article previous+article next+post prev+post post+navigation post+nav nav+links related+stories storylist recent+posts recentposts topstories top+stories editors+picks verwandt lesetipps mehr+zum a+lire lire+aussi xgxw linkbox link+box link+list internal+link crosslink crosslinks ilgili+haber ilgili+haberler czytaj+takze zobacz+tez read+too chitayte+takzhe"},
	{ID: "teaser", Why: "leads to another story", Guard: usualGuard, Links: 0.25,
		Words: "readmore read+more similar recommended promo teaser teasers more+on highlights callout internal+links also linkbox link+box"},
	{ID: "paid-box", Why: "paid for by somebody else, as its first line says", Match: isPaidBox, Guard: usualGuard},
	{ID: "inset", Why: "a box set into the text", Match: isInsetTable, Guard: 0.15},
	{ID: "letter-box", Why: "asks to subscribe to a newsletter, as its first line says", Match: isLetterBox, Guard: usualGuard},
	{ID: "headline-box", Why: "leads to other stories, as its first line says", Match: isHeadlineBox, Guard: usualGuard},
	{ID: "link-list", Why: "a list of links to other stories", Match: isLinkList, Guard: usualGuard},
	{ID: "breadcrumb", Why: "says where the page stands on the site", Guard: 0.1,
		Words: "breadcrumb breadcrumbs crumbs crumb bread+crumb bread+crumbs"},
	{ID: "pull-quote", Why: "a line of the story shown twice", Guard: 0.1,
		Words: "pullquote pull+quote pullout =pull pquote quote+pull"},
	{ID: "caption", Why: "a picture's caption or credit", Guard: usualGuard,
		Tags:  "figcaption",
		Words: "caption captions figcaption credit credits photocredit imagecredit photo+credit image+credit photo+by wp+caption+text media+caption img+caption image+caption photo+caption picture+caption gallery+caption bildunterschrift legende bildtext copyright+info imagecaption photocaption image+source pic+source bilduntertitel bildnachweis"},
	{ID: "picture", Why: "the words at a picture", Match: isPictureBox, Guard: 0.15},
	{ID: "author-box", Why: "about the author, not the story", Guard: 0.15,
		Words: "author+bio author+box authorbox about+author about+the+author author+info author+description author+card author+profile author+blurb authorbio author+about post+author article+author bio biography user+bio molongui saboxplugin contributor+bio contributors author+details writer+bio abh"},
	{ID: "byline", Why: "author and date, kept as metadata", Guard: 0.1,
		Words: "byline bylines =author =authors author+name authorname author+date entry+meta post+meta article+meta articlemeta postmeta meta+info article+info post+info story+meta news+meta content+meta dateline+date timestamp time+stamp published+date publish+date date+published pub+date pubdate post+date postdate posted+on entry+date article+date news+date date+time datetime updated+date last+updated =date =meta node+meta submitted meta+author meta+date article+byline reading+time read+time readtime info+line by+author"},
	{ID: "tags", Why: "tags and sections of the page", Guard: 0.15,
		Words: "tags tag+list taglist tagcloud tags+links tag+links cat+links post+tags article+tags entry+tags post+categories post+category article+category post+cats topics topic+list keywords tax+tag tag+cloud hashtags schlagworte filed+under related+topics article+topics eyebrow kicker"},
	{ID: "counter", Why: "a count of views, votes or comments", Guard: 0.1,
		Words: "views counter counters view+count viewcount post+views likes like+button votes rating ratings star+rating reactions emoji+reactions hits comment+count comments+count comments+link"},
	{ID: "tools", Why: "tools of the page: print, type size, search", Guard: 0.15,
		Words: "toolbar tools article+tools print printer print+link print+button font+size text+size text+resize bookmark copy+link article+actions story+tools action+bar live+controls controls search+form searchform searchbox translate language+switcher lang+switcher correction+form"},
	{ID: "follow", Why: "asks to follow, to join or to give", Guard: 0.15,
		Words: "follow+us follow+me followus telegram+promo app+download download+app donate donation donations support+us call+to+action cta calltoaction join+us tg+channel google+news+follow follow+button whatsapp+channel membership"},
	{ID: "popup", Why: "laid over the page", Guard: usualGuard,
		Tags: "dialog", Roles: "dialog alertdialog tooltip alert",
		Words: "popup pop+up modal overlay lightbox toast tooltip snackbar interstitial"},
	{ID: "navigation", Why: "leads around the site", Guard: usualGuard,
		Tags: "nav", Roles: "navigation menubar menu search toolbar tablist",
		Words: "nav navbar navigation menu submenu topmenu mainmenu menus subnav pagination pager paginator page+numbers page+links pagenav sitemap megamenu hamburger jump+to back+to+top backtotop top+bar topbar ticker"},
	{ID: "toc", Why: "contents of the page itself", Guard: 0.15,
		Words: "toc table+of+contents ez+toc lwptoc key+events on+this+page in+this+article jump+links"},
	{ID: "anchor-list", Why: "contents of the page itself", Match: isAnchorList, Guard: 0.15},
	{ID: "rights", Why: "a notice of rights or terms", Guard: 0.15,
		Words: "copyright copyrights disclaimer rights license+info licensing reprint reprints syndication terms legal legal+notice republish permissions"},
	{ID: "footer", Why: "the foot of the page", Guard: usualGuard, Roles: "contentinfo",
		Words: "footer colophon site+footer page+footer entry+footer article+footer post+footer footer+widgets bottom+bar"},
	{ID: "foot", Why: "the foot of the page", Guard: usualGuard, Tags: "footer"},
	{ID: "masthead", Why: "the head of the site", Guard: usualGuard, Roles: "banner", Outside: true,
		Tags: "header", Words: "masthead site+header siteheader page+top header+top top+header site+branding logo header+nav global+header hdr"},
	{ID: "sidebar", Why: "stands beside the story", Guard: usualGuard,
		Tags: "aside", Roles: "complementary",
		Words: "sidebar side+bar sidebars sidecol right+rail left+rail rail rightcol right+column rightcolumn right+col col+right leftcol left+column widget+area widgets secondary+content =secondary sidecolumn"},
	{ID: "widget-box", Why: "a box of the site's own", Guard: 0.15, Words: "=widget widget+title"},
	{ID: "fact-box", Why: "a box of facts beside the story", Guard: 0.15,
		Words: "infobox factbox fact+box info+box spravka faktenbox encadre keyfacts key+facts facts+box correction corrections editors+note"},
	{ID: "embed", Why: "a post from elsewhere", Guard: usualGuard,
		Words: "twitter+tweet instagram+media fb+post tiktok+embed reddit+card bluesky+embed tgme+widget telegram+widget telegram+post telegram+embed tg+embed vk+post embedly+card twitter+video",
		Tags:  "amp-twitter amp-instagram amp-facebook"},
	{ID: "form", Why: "a form to fill in", Guard: 0.1, Tags: "form fieldset"},
	{ID: "hidden", Why: "the reader does not see it", Match: func(m *matcher, i int32) bool { return dom.IsHidden(m.o, i) }, Guard: usualGuard, Sum: true},
}

// Unpruned cut what is no text of any story, whatever it is called.
func Unpruned(all []Rule) []Rule {
	var out []Rule
	for _, r := range all {
		switch r.ID {
		case "hidden", "screen-reader", "widget", "player", "caption":
			out = append(out, r)
		}
	}
	return out
}
