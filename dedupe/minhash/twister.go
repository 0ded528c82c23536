package minhash

// twister is the generator MT19937 (Matsumoto and Nishimura 1998) as NumPy's
// RandomState uses it.
type twister struct {
	state [624]uint32
	next  int
}

func newTwister(seed uint32) *twister {
	t := &twister{next: 624}
	t.state[0] = seed
	for i := 1; i < len(t.state); i++ {
		before := t.state[i-1]
		t.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
	return t
}

func (t *twister) uint32() uint32 {
	if t.next == len(t.state) {
		t.next = 0
		for i := range t.state {
			y := t.state[i]&0x80000000 | t.state[(i+1)%624]&0x7FFFFFFF
			t.state[i] = t.state[(i+397)%624] ^ y>>1 ^ y&1*0x9908B0DF
		}
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9D2C5680
	y ^= y << 15 & 0xEFC60000
	return y ^ y>>18
}

// upTo draws a number from 0 to most, which is between 2⁶⁰ and 2⁶¹, as
// RandomState.randint does: 61 bits, again until they are not too many.
func (t *twister) upTo(most uint64) uint64 {
	for {
		high := uint64(t.uint32())
		if x := (high<<32 | uint64(t.uint32())) & mersenne61; x <= most {
			return x
		}
	}
}
