package text

// set is a hash table of words or of phrases, by their 32-bit hashes.
type set struct {
	slots []uint32 // 0 is empty; their number is a power of two
	zero  bool     // whether 0 is a member
}

func newSet(members []uint32) set {
	n := 16
	for n < 2*len(members) {
		n *= 2
	}
	s := set{slots: make([]uint32, n)}
	for _, h := range members {
		if h == 0 {
			s.zero = true
			continue
		}
		i := s.first(h)
		for s.slots[i] != 0 && s.slots[i] != h {
			i = (i + 1) & (n - 1)
		}
		s.slots[i] = h
	}
	return s
}

func (s *set) first(h uint32) int { return int(h*0x9E3779B1) & (len(s.slots) - 1) }

// has reports whether h is a member.
func (s *set) has(h uint32) bool {
	if h == 0 {
		return s.zero
	}
	i := s.first(h)
	for s.slots[i] != 0 {
		if s.slots[i] == h {
			return true
		}
		i = (i + 1) & (len(s.slots) - 1)
	}
	return false
}
