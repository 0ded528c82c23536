package text

import "unicode"

// Folded Latin letters, one byte a code point from U+00C0 and from U+1E00: the
// base letter, '.' for what only changes its case, a digit for a pair of
// latinPairs. By the decompositions of Unicode 15 (NFKD less its marks) and,
// where Unicode has none (ø, đ, ł, ı …), by the customary replacement.
const (
	latinExtended = "" +
		"aaaaaa1ceeeeiiiidnooooo.ouuuuy43aaaaaa1ceeeeiiiidnooooo.ouuuuy4y" +
		"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii55jjkkkllllll." +
		".llnnnnnn.nnoooooo22rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" +
		"b.bb...ccd.dd..a.ffg...ikkl..nn.oo..pp.....ttttuu..yyzz........." +
		"....666777888aaiioouuuuuuuuuu.aaaa11..ggkkoooo..j666gg..nnaa11oo" +
		"aaaaeeeeiiiioooorrrruuuusstt..hhn.....aaeeooooooooyy.........l.."
	latinAdditional = "" +
		"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm" +
		"mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv" +
		"wwwwwwwwwwxxxxyyzzzzzzhtwy.s..3.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" +
		"eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"
)

// latinPairs are the pairs for the digits 1 to 8 of the tables above.
const latinPairs = "aeoessthijdzljnj"

// class is what a rune is to the tokeniser.
type class uint8

const (
	separator  class = iota // ends a word
	mark                    // is ignored: combining marks, soft hyphens, zero-width characters
	apostrophe              // ends a word in Latin script, is ignored in Cyrillic
	letter
	digit
	ideograph // a letter of a script without spaces
)

// fold returns the class of a rune and its folded form: lower case, without
// accents, one spelling for digits, for the full-width forms and for the
// letters that Arabic writes in several ways. Where the fold is more than one
// letter the rest is in pair, to be folded in its turn, else pair is 0.
func fold(r rune) (c class, folded, pair rune) {
	switch {
	case r < 0x80:
		switch {
		case 'a' <= r && r <= 'z':
			return letter, r, 0
		case 'A' <= r && r <= 'Z':
			return letter, r + 'a' - 'A', 0
		case '0' <= r && r <= '9':
			return digit, r, 0
		case r == '\'' || r == '`':
			return apostrophe, 0, 0
		}
		return separator, 0, 0
	case r < 0xC0:
		return foldLatin1(r)
	case r < 0xC0+rune(len(latinExtended)):
		return foldLatin(r, latinExtended[r-0xC0])
	case r < 0x370:
		if r >= 0x300 {
			return mark, 0, 0
		}
		if r == 0x2BC || r == 0x2B9 || r == 0x2BB {
			return apostrophe, 0, 0
		}
		return foldOther(r)
	case 0x400 <= r && r < 0x530:
		return foldCyrillic(r)
	case 0x600 <= r && r < 0x700:
		return foldArabic(r)
	case 0x1E00 <= r && r < 0x1F00:
		return foldLatin(r, latinAdditional[r-0x1E00])
	case 0x2000 <= r && r < 0x2070:
		return foldPunctuation(r)
	case 0x2E80 <= r:
		return foldEast(r)
	}
	return foldOther(r)
}

func foldLatin1(r rune) (class, rune, rune) {
	switch r {
	case 0xAD:
		return mark, 0, 0
	case 0xB4:
		return apostrophe, 0, 0
	case 0xAA:
		return letter, 'a', 0
	case 0xBA:
		return letter, 'o', 0
	case 0xB2, 0xB3:
		return digit, r - 0xB0 + '0', 0
	case 0xB9:
		return digit, '1', 0
	case 0xB5:
		return letter, 'μ', 0
	}
	return separator, 0, 0
}

func foldLatin(r rune, to byte) (class, rune, rune) {
	switch {
	case 'a' <= to && to <= 'z':
		return letter, rune(to), 0
	case '1' <= to && to <= '8':
		i := 2 * (to - '1')
		return letter, rune(latinPairs[i]), rune(latinPairs[i+1])
	}
	return foldOther(r)
}

func foldCyrillic(r rune) (class, rune, rune) {
	if 0x483 <= r && r <= 0x489 {
		return mark, 0, 0
	}
	switch r = unicode.ToLower(r); r {
	case 'й', 'ѝ':
		r = 'и'
	case 'ё', 'ѐ':
		r = 'е'
	case 'ї':
		r = 'і'
	case 'ў':
		r = 'у'
	case 'ѓ':
		r = 'г'
	case 'ќ':
		r = 'к'
	}
	return letter, r, 0
}

// foldArabic removes the vowel signs and the tatweel and writes alef, yeh,
// teh marbuta and kaf in one way each.
func foldArabic(r rune) (class, rune, rune) {
	switch {
	case 0x64B <= r && r <= 0x65F, 0x610 <= r && r <= 0x61A, r == 0x670, r == 0x640, 0x6D6 <= r && r <= 0x6DC, r == 0x61C:
		return mark, 0, 0
	case 0x660 <= r && r <= 0x669:
		return digit, r - 0x660 + '0', 0
	case 0x6F0 <= r && r <= 0x6F9:
		return digit, r - 0x6F0 + '0', 0
	}
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return letter, 'ا', 0
	case 'ى', 'ی':
		return letter, 'ي', 0
	case 'ة':
		return letter, 'ه', 0
	case 'ک':
		return letter, 'ك', 0
	}
	return foldOther(r)
}

func foldPunctuation(r rune) (class, rune, rune) {
	switch {
	case r == 0x2018 || r == 0x2019 || r == 0x201B || r == 0x2032:
		return apostrophe, 0, 0
	case 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F:
		return mark, 0, 0
	}
	return separator, 0, 0
}

// foldEast folds what is above U+2E80: the ideographs, the full-width forms,
// the Latin ligatures, the variation selectors.
func foldEast(r rune) (class, rune, rune) {
	switch {
	case 0x3040 <= r && r <= 0x30FF, 0x3400 <= r && r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF,
		0xF900 <= r && r <= 0xFAFF, 0x20000 <= r && r <= 0x3FFFF, r == 0x3005, r == 0x3007:
		if r == 0x30FB {
			return separator, 0, 0
		}
		return ideograph, r, 0
	case 0xFF01 <= r && r <= 0xFF5E:
		return fold(r - 0xFF01 + '!')
	case 0xFB00 <= r && r <= 0xFB04: // ff, fi, fl, ffi, ffl
		return letter, 'f', [...]rune{'f', 'i', 'l', 0xFB01, 0xFB02}[r-0xFB00]
	case r == 0xFB05 || r == 0xFB06:
		return letter, 's', 't'
	case r == 0xFEFF, 0xFE00 <= r && r <= 0xFE0F, 0xE0000 <= r:
		return mark, 0, 0
	}
	return foldOther(r)
}

// foldOther folds the scripts that need no table.
func foldOther(r rune) (class, rune, rune) {
	switch {
	case 0xE00 <= r && r <= 0xEFF, 0x1000 <= r && r <= 0x109F, 0x1780 <= r && r <= 0x17FF:
		if unicode.IsLetter(r) || unicode.Is(unicode.M, r) { // Thai, Lao, Burmese, Khmer
			return ideograph, r, 0
		}
	case unicode.IsLetter(r):
		if lower := unicode.ToLower(r); lower != r {
			return fold(lower)
		}
		return letter, foldGreek(r), 0
	}
	switch {
	case unicode.IsDigit(r):
		return digit, '0' + digitValue(r), 0
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		return mark, 0, 0
	case unicode.Is(unicode.Mc, r):
		return letter, r, 0
	}
	return separator, 0, 0
}

// digitValue returns the value of a decimal digit. In Unicode the ten digits of a
// script are in a row, zero first; rows that are side by side, such as those of
// the mathematical digits, are one range of unicode.Nd.
func digitValue(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if lo := rune(row.Lo); lo <= r && r <= rune(row.Hi) {
			return (r - lo) % 10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if lo := rune(row.Lo); lo <= r && r <= rune(row.Hi) {
			return (r - lo) % 10
		}
	}
	return 0 // unreachable: every digit is in one of the ranges
}

func foldGreek(r rune) rune {
	switch r {
	case 'ά':
		return 'α'
	case 'έ':
		return 'ε'
	case 'ή':
		return 'η'
	case 'ί', 'ϊ', 'ΐ':
		return 'ι'
	case 'ό':
		return 'ο'
	case 'ύ', 'ϋ', 'ΰ':
		return 'υ'
	case 'ώ':
		return 'ω'
	case 'ς':
		return 'σ'
	}
	return r
}
