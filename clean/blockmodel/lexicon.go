package blockmodel

// Words are what a block is written with and what its place is called, each as a
// hash: of the class names and ids of its element and of the one around it
// (Own), of three more around those (Around), of its first words, alone and
// together (First), and of all its words if they are few (All).
type Words struct {
	Own, Around, First, All []uint32
}

// Lexicon says how much a word speaks for story, by its hash, in 1/16 of natural
// log-odds.
type Lexicon map[uint32]int8

// Mark writes what the words of a block speak for into its features.
func (l Lexicon) Mark(f *Features, w *Words) {
	f[featOwnWords], f[featOwnWorst] = l.weigh(w.Own)
	f[featAroundWords], f[featAroundWorst] = l.weigh(w.Around)
	f[featFirstWords], f[featFirstWorst] = l.weigh(w.First)
	f[featAllWords], f[featAllWorst] = l.weigh(w.All)
}

// neutral is the feature of words that speak for nothing.
const neutral = 128

// weigh is the sum of the words and the least of them, 0 to 255 around neutral.
func (l Lexicon) weigh(words []uint32) (sum, worst uint8) {
	s, least := 0, 0
	for _, w := range words {
		v := int(l[w])
		s += v
		least = min(least, v)
	}
	return uint8(neutral + min(120, max(-120, s))), uint8(neutral + least)
}
