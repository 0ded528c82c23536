package langid

import (
	"strings"
	"testing"
)

const englishText = "The brigade moved its bridging company to the river on Monday, and the first trucks crossed before noon, the district's press office said."

func TestDetectLanguage(t *testing.T) {
	tests := []struct{ name, text, declared, want string }{
		{"agrees", englishText, "en", "en"},
		{"declared wrong", englishText, "ru", "en"},
		{"undeclared Russian", "Сапёрная рота расчистила подходы к переправе за три часа, сообщил командир батальона, и к вечеру пошли машины.", "", "ru"},
		{"undeclared Ukrainian", "Понтонний батальйон навів нічну переправу через річку за тридцять дві хвилини, повідомила пресслужба бригади.", "", "uk"},
		{"Russian declared English", "Сапёрная рота расчистила подходы к переправе за три часа, сообщил командир батальона, и к вечеру пошли машины.", "en", "ru"},
		{"Chinese", strings.Repeat("工兵分队十四日深夜在清河上架起一座长两百米的浮桥，从第一辆车下水到最后一块桥板合拢。", 3), "", "zh"},
		{"too short", "Ja, ja.", "", ""},
		{"short, declared", "Ja, ja.", "de", "de"},
		{"nothing", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, score := Detect(tt.text, tt.declared)
			if got != tt.want || score < 0 || score > 1 {
				t.Errorf("%q %v", got, score)
			}
		})
	}
}
