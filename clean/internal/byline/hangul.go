package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// koreanFamilies are the family names of nearly all Koreans.
const koreanFamilies = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 유 전 홍 고 문 양 손 배 백 허 남 심 노 하 곽 성 차 주 우 구 민 진 나 라 지 엄 채 원 천 방 공 현 함 변 염 여 추 도 소 석 선 설 마 길 연 위 표 명 기 반 왕 금 옥 육 인 맹 제 모 탁 남궁 황보 제갈 사공 선우 서문 독고"

// Lengths of Korean names, in syllables.
const (
	minHangulName = 2
	maxHangulName = 4
)

// isHangulName reports whether a word is a Korean name: a family name and one or
// two syllables more.
func isHangulName(word string) bool {
	n := utf8.RuneCountInString(word)
	if n < minHangulName || n > maxHangulName || strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) }) {
		return false
	}
	for family := range strings.FieldsSeq(koreanFamilies) {
		if given, ok := strings.CutPrefix(word, family); ok {
			if k := utf8.RuneCountInString(given); k == 1 || k == 2 {
				return true
			}
		}
	}
	return false
}

// hangulNames returns the names in an item of a Korean list: a name, or names
// before a role, "박지훈 최유리 기자". Without a role a name has three syllables or
// more: shorter words are often others.
func hangulNames(item string) []string {
	words := strings.FieldsFunc(item, func(r rune) bool { return r == ' ' || r == '·' || r == '・' || r == 'ㆍ' })
	role := false
	for len(words) > 0 && IsRole(words[len(words)-1]) {
		words, role = words[:len(words)-1], true
	}
	if n := len(words) - 1; n >= 0 && !role {
		words[n], role = withoutHangulRole(words[n])
	}
	if len(words) == 0 || len(words) > 1 && !role {
		return nil
	}
	for _, w := range words {
		if !isHangulName(w) || !role && utf8.RuneCountInString(w) == minHangulName || wordlists.All().Has(wordlists.Weekdays, letters.Fold(w)) || isLabel(w) {
			return nil
		}
	}
	return words
}

// withoutHangulRole returns a word without the role that is glued to its end.
func withoutHangulRole(word string) (bare string, found bool) {
	for _, role := range wordlists.All().Entries(wordlists.Roles) {
		if bare, ok := strings.CutSuffix(word, role); ok && isHangulName(bare) {
			return bare, true
		}
	}
	return word, false
}
