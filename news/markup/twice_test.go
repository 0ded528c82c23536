package markup

import (
	"bytes"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestDecodeTwice(t *testing.T) {
	for _, row := range []struct {
		name, text, want string
		page             *charmap.Charmap
	}{
		{"Portuguese", "A notação das peças não é só da Câmara, diz a mãe à porta. “Não.”", "", charmap.Windows1252},
		{"bytes that are in no code page", "Álvaro e Índio têm café às três.", "", charmap.Windows1252},
		{"Russian", "Мост держит 52 тонны — и новым машинам этого хватит.", "", charmap.Windows1251},
		{"Ukrainian", "Рік тому Рівне і Рени їхали потягом. Сіль є.", "Рік тому Рівне і Рени їхали потягом. Сіль є.", nil},
		{"Portuguese in capitals", "SÃO PAULO: A DECISÃO É DO CAPITÃO. NÃO HÁ «ILUSÃO», DIZ JOÃO.", "SÃO PAULO: A DECISÃO É DO CAPITÃO. NÃO HÁ «ILUSÃO», DIZ JOÃO.", nil},
		{"read as control characters", "We donâ\u0080\u0099t know â\u0080\u0094 not yet, she said: â\u0080\u009cno.â\u0080\u009d", "We don’t know — not yet, she said: “no.”", nil},
		{"one example is meant", "The letter é became Ã© in the file.", "The letter é became Ã© in the file.", nil},
		{"a space that tidying up has broken", "Ele foi Ã praÃ§a, Ã noite, e Ã festa da CÃ¢mara; nÃ£o voltou", "Ele foi à praça, à noite, e à festa da Câmara; não voltou", nil},
		{"half of the text", "L’été à Évian. «Lâ€™Ã©tÃ© Ã\u00a0 Ã‰vian, câ€™est lâ€™Ã©tÃ©.»", "L’été à Évian. «L’été à Évian, c’est l’été.»", nil},
		{"ASCII", "nothing here", "nothing here", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := row.text
			if row.page != nil {
				row.want = text
				var twice []byte
				for _, b := range []byte(text) {
					r := row.page.DecodeByte(b)
					if r == '\uFFFD' {
						r = rune(b)
					}
					twice = append(twice, string(r)...)
				}
				text = string(twice)
			}
			got, _ := Decode([]byte(text), "")
			if string(got) != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func BenchmarkDecodeTwice(b *testing.B) {
	for name, text := range map[string]string{"russian": "Мост держит 52 тонны, и новым машинам этого хватит, если они пойдут по одной. ", "english": "The bridge carries 52 tons, and that is enough. "} {
		body := bytes.Repeat([]byte(text), 1000)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				decodeTwice(body)
			}
		})
	}
}
