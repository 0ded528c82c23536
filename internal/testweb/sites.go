package testweb

// site is one invented publisher. The templates of the same name show its pages.
type site struct {
	key         string
	Name        string
	host        string // used when the web has names
	Lang        string
	copyAuthor  string // under copies of other sites' stories
	copySection string
	sections    []section
	noise       noise
}

type section struct {
	Key, Name string
}

// noise is what is around the stories of a site and belongs to none of them.
type noise struct {
	Login       []string // words of the log-in and search boxes
	Ad          []string // the label, then the advertisements
	Sponsor     []sponsor
	Newsletter  []string
	Cookie      string
	ShareLabel  string
	Related     string // heading of the list of other stories
	Comments    []comment
	Rights      string
	Boilerplate string // below each story, like its last paragraph
	Quoted      string // slug of the story that the other stories of the site quote there
}

type sponsor struct {
	Label, Head, Pitch string
}

type comment struct {
	Who, When, What string
}

func siteIndex(key string) int {
	for i, s := range sites {
		if s.key == key {
			return i
		}
	}
	panic("unreachable, the stories are checked by a test: site " + key)
}

var sites = []site{
	{
		key: "harbour", Name: "Harbour & Hull", host: "harbour-and-hull.example", Lang: "en",
		sections: []section{{"ships", "Ships"}, {"fleet", "Fleet"}, {"ports", "Ports"}, {"industry", "Industry"}},
		noise: noise{
			Login: []string{"Sign in", "Create an account", "Search the harbour"},
			Ad:    []string{"Advertisement", "Oilskins that outlast the voyage. Order before Friday and we ship for free."},
			Sponsor: []sponsor{
				{"Sponsored", "Seven savings accounts your bank hopes you never open", "You could be earning three times as much on your money. Compare offers in two minutes and see what your neighbours already know."},
				{"Sponsored", "Retire on the coast for less than you think", "Our advisers have helped thousands of readers like you. Click to get your free brochure today."},
			},
			Newsletter: []string{"Get the morning watch", "Five stories from the waterfront in your inbox before breakfast. Unsubscribe whenever you like."},
			Cookie:     "We use cookies to remember your berth. Accept all or choose your settings.",
			ShareLabel: "Share this story", Related: "Related stories",
			Comments: []comment{
				{"oldsalt44", "2 days ago", "My father served in the sweepers and would have laughed at all this. When do we get the pension rise that was promised at the last election?"},
				{"Becky R.", "1 day ago", "Lovely pictures, shame about the pop-ups."},
			},
			Rights: "© 2025 Harbour & Hull Press. No part of this site may be copied without a letter from us.",
		},
	},
	{
		key: "standard", Name: "The Field Standard", host: "field-standard.example", Lang: "en",
		copyAuthor: "Gareth Pym", copySection: "army",
		sections: []section{{"army", "Army"}, {"logistics", "Logistics"}},
		noise: noise{
			Login:      []string{"Log in", "Register", "Forgot your password?"},
			Ad:         []string{"ADVERTISEMENT", "Surplus boots, all sizes, at the Gellen depot shop on Saturdays."},
			Sponsor:    []sponsor{{"Promotion", "Win a weekend on a real tank", "Send us your telephone number and we will tell you how to enter. Terms and conditions apply."}},
			Newsletter: []string{"Subscribe to our bulletin", "Enter your e-mail address to get the bulletin every Sunday."},
			ShareLabel: "Print this page", Related: "Other articles",
			Rights:      "Copyright 1998-2025 The Field Standard. Best viewed at 1024 x 768.",
			Boilerplate: "This paper is set by hand in a cellar below the fish market, where its editors also drink their tea.",
		},
	},
	{
		key: "sky", Name: "Skyward Dispatch", host: "skyward-dispatch.example", Lang: "en",
		copyAuthor: "Leocadia Marsh", copySection: "procurement",
		sections: []section{{"air", "Air"}, {"people", "People"}, {"procurement", "Procurement"}},
		noise: noise{
			Login:      []string{"My account", "Subscribe from 2.90 a month"},
			Ad:         []string{"Advertisement", "Noise-cancelling headsets for private pilots, now half price at Cloudline."},
			Sponsor:    []sponsor{{"Partner content", "The watch that pilots will not take off", "Discover why collectors queue for the new Meridian. Book your appointment now and get a strap of your choice."}},
			Newsletter: []string{"Never miss a departure", "Join 40,000 readers and get our letter on Thursdays."},
			Cookie:     "This site sets cookies. By flying on you agree.",
			ShareLabel: "Share", Related: "You may also like",
			Comments: []comment{
				{"Wingnut", "10 September 2025 at 08:14", "I flew the old ones for nineteen years and let me tell you what nobody writes. The heater smelled of burnt dust from October to April, the canopy leaked on the left side whatever the riggers did, and the clock was always four minutes slow. We loved them all the same, because you could hear through the seat what the engine was going to do next. My last landing was on a Tuesday in the rain and I have it on film somewhere, along with the whole squadron singing in the bus. Nobody asks us old ones before they buy, and nobody will ask the young ones either when it is their turn to write letters to a newspaper."},
				{"T. Halloran", "10 September 2025 at 09:02", "Every word of this is true, except that ours leaked on the right. You forget the ejector seats, which had to be adjusted with a spanner that only one sergeant in the wing owned, and he was on leave whenever there was an inspection. We once held up a visiting general for an hour while a boy on a bicycle fetched that spanner from the sergeant's mother. I would not have missed a day. What I do not understand is why the tax payer must hear about new toys every week, while the roof of the mess at my old station has had a tarpaulin on it since the year of the floods."},
				{"Marguerite", "10 September 2025 at 11:40", "Could we please talk about the noise over the nursing home in Lower Hallam? I have written to the commander three times and received three very polite cards with a picture of an aeroplane on them. My residents cannot read the cards because they are asleep in the afternoon, or would be. I am told the circuit is to move north of the canal, and then I hear that the bird people are against it. With all respect to the birds, they can fly somewhere else, and Mrs Abbott, who is ninety-six, can not."},
			},
			Rights: "Skyward Dispatch is published by Dispatch Media, all rights reserved.",
		},
	},
	{
		key: "rubezh", Name: "Вестник рубежа", host: "vestnik-rubezha.example", Lang: "ru",
		sections: []section{{"flot", "Флот"}, {"tyl", "Тыл"}, {"tehnika", "Техника"}, {"lyudi", "Люди"}},
		noise: noise{
			Login:      []string{"Войти", "Регистрация", "Забыли пароль?"},
			Ad:         []string{"Реклама", "Тёплые бушлаты со склада. Доставка по всей стране за три дня, звоните."},
			Sponsor:    []sponsor{{"На правах рекламы", "Кредит без справок за пять минут", "Оставьте заявку на сайте и получите решение сегодня. Предложение ограничено, успейте до конца месяца."}},
			Newsletter: []string{"Подпишитесь на рассылку", "Главное за неделю в вашей почте. Отписаться можно в любой момент."},
			ShareLabel: "Поделиться", Related: "Читайте также",
			Comments: []comment{
				{"Старшина запаса", "10.09.2025 08:41", "Служил в тех краях в восемьдесят шестом, с тех пор дорогу так и не починили. Про столовую лучше вообще не вспоминать."},
				{"Нина", "10.09.2025 12:05", "Спасибо за хорошие новости, их так мало."},
			},
			Rights:      "© 2011–2025 «Вестник рубежа». При перепечатке ссылка обязательна.",
			Boilerplate: "Редакция сидит в бывшей пекарне у вокзала и рада каждому письму, даже если ответ приходит не сразу.",
		},
	},
	{
		key: "digest", Name: "Morning Defence Digest", host: "morning-digest.example", Lang: "en",
		copySection: "wire",
		sections:    []section{{"wire", "From the papers"}, {"notes", "Notes"}},
		noise: noise{
			Login:      []string{"Member login", "Become a member"},
			Ad:         []string{"Advertisement", "Coffee strong enough for the early shift. Try a bag on us."},
			Sponsor:    []sponsor{{"Promoted", "Learn a language in your lunch break", "Start your free month today and speak with confidence by Christmas. No card needed."}},
			Newsletter: []string{"Have the digest delivered", "One letter, every weekday at six."},
			ShareLabel: "Forward to a colleague", Related: "More from this morning",
			Rights: "Morning Defence Digest carries texts of other papers by agreement.",
			Quoted: "editors-note-how-we-choose",
		},
	},
}
