package wordlists

// Section names a section of the word lists: what its phrases mark, or what its
// words are.
type Section string

// Sections of labels: phrases that mark a line, each with the [Form] in which
// they do.
const (
	Ad         Section = "ad"         // the place of an advertisement
	Agency     Section = "agency"     // agencies and archives, as picture credits name them
	Bio        Section = "bio"        // a note on the author
	Byline     Section = "byline"     // before the author's name
	Caption    Section = "caption"    // captions and picture credits
	Closing    Section = "closing"    // words to the reader after the story
	Comments   Section = "comments"   // readers' comments, and calls for them
	Consent    Section = "consent"    // cookies and privacy
	Count      Section = "count"      // counts of views, votes and minutes
	Date       Section = "date"       // before the date of the story
	Desk       Section = "desk"       // those who edited or checked the text
	Facts      Section = "facts"      // boxes of background facts
	Login      Section = "login"      // paywalls, and what needs an account
	Newsletter Section = "newsletter" // offers of newsletters
	Notice     Section = "notice"     // notes on the age or the state of the text
	Poll       Section = "poll"       // polls and quizzes
	Related    Section = "related"    // links to other stories
	Rights     Section = "rights"     // copyright and terms of use
	Share      Section = "share"      // sharing and following
	Source     Section = "source"     // before the outlet that the text is from
	Sponsored  Section = "sponsored"  // paid content
	Support    Section = "support"    // calls for donations and membership
	Tags       Section = "tags"       // lists of topics
	Watch      Section = "watch"      // players of video and audio
)

// Sections of words that show what a line is about where it has no label.
const (
	BioRole         Section = "bio-role"         // words for an author, beside Roles, in a note on one
	FollowVerb      Section = "follow-verb"      // verbs by which a site asks to be followed
	Network         Section = "network"          // social networks, as share buttons name them
	NetworkStem     Section = "network-stem"     // beginnings of words that name a network within a sentence
	NewsletterThing Section = "newsletter-thing" // names of a newsletter
	NewsletterVerb  Section = "newsletter-verb"  // verbs that offer one
	Person          Section = "person"           // you and we: a text that speaks to its reader
	Pitch           Section = "pitch"            // words of trade
	RelatedWord     Section = "related-word"     // first words before a colon and another headline
	Reporting       Section = "reporting"        // verbs and phrases that report speech
	RightsWord      Section = "rights-word"      // words of copyright lines
	ShareFiller     Section = "share-filler"     // what is between the names of networks on a line of share buttons
	Subscribe       Section = "subscribe"        // to subscribe
	Us              Section = "us"               // the site, as it calls itself in a call to follow it
)

// Sections of words in bylines and dates.
const (
	AfterHour    Section = "after-hour"    // "17:05 Uhr"
	AfterYear    Section = "after-year"    // "3 мая 2024 г."
	And          Section = "and"           // between two names; the only section that is kept as written
	BeforeDate   Section = "before-date"   // "on 3 May"
	BeforeHour   Section = "before-hour"   // "at 17:05"
	BeforeMonth  Section = "before-month"  // "3 tháng 5", before the number of a month
	DateFiller   Section = "date-filler"   // all that may be around a date and means nothing else
	DateToHour   Section = "date-to-hour"  // between a date and its time of day
	NamePrefix   Section = "name-prefix"   // beginnings in lower case of a part of a name
	NameSuffix   Section = "name-suffix"   // after a name
	NoAuthor     Section = "no-author"     // what content management systems put where the author is missing
	Particle     Section = "particle"      // words in lower case within a name
	ReportEnding Section = "report-ending" // endings of "reported from" and the like in East Asian bylines
	Roles        Section = "roles"         // what somebody is, not who
	Updated      Section = "updated"       // before the date of a change
	Weekdays     Section = "weekdays"
	WithinDate   Section = "within-date" // before the name of the month, and before the year: "3 de mayo de 2024"
)

// Sections of words on pages as a whole.
const (
	Challenge Section = "challenge"  // pages that ask the visitor to prove that it is no robot
	Missing   Section = "missing"    // pages that say there is nothing here
	NextPage  Section = "next-page"  // texts of links to the next page of an article
	Reply     Section = "reply"      // texts of links to reply to a comment
	Wall      Section = "wall"       // pages that want the visitor to log in or to pay
	WallTitle Section = "wall-title" // whole titles of such pages
)

// Sections with a format of their own.
const (
	common Section = "common" // the most frequent words of the language, separated by blanks
	months Section = "months" // the number of a month and the names for it that CLDR does not have; "_" is a blank within a name
	zones  Section = "zones"  // the name of a time zone and its distance east of UTC, in hours or as 5:30
)

// labelSections are the sections whose entries have a form.
var labelSections = []Section{
	Ad, Agency, Bio, Byline, Caption, Closing, Comments, Consent, Count, Date, Desk, Facts,
	Login, Newsletter, Notice, Poll, Related, Rights, Share, Source, Sponsored, Support, Tags, Watch,
}

// wordSections are the sections whose entries are words or phrases without a
// form.
var wordSections = []Section{
	BioRole, FollowVerb, Network, NetworkStem, NewsletterThing, NewsletterVerb, Person, Pitch, RelatedWord, Reporting, RightsWord, ShareFiller, Subscribe, Us,
	AfterHour, AfterYear, And, BeforeDate, BeforeHour, BeforeMonth, DateFiller, DateToHour, NamePrefix, NameSuffix, NoAuthor, Particle, ReportEnding, Roles, Updated, Weekdays, WithinDate,
	Challenge, Missing, NextPage, Reply, Wall, WallTitle,
}

// Form is the place on a line where a label counts. It is the first character of
// the label's entry.
type Form byte

// The forms of labels.
const (
	WholeLine   Form = '=' // the label is the whole line
	BeforeColon Form = ':' // the whole line, or before a colon, a bar or a dash
	LineStart   Form = '^' // the line begins with the label
	BeforeName  Form = '>' // the line begins with the label, and a name or a number follows
	Anywhere    Form = '~' // the label is anywhere on the line
	LineEnd     Form = '$' // the line ends with the label
)

// forms are the characters of all forms.
const forms = "=:^>~$"

// MinAnywhere is the length, in bytes, of the shortest label that may be
// [Anywhere] on a line.
const MinAnywhere = 4
