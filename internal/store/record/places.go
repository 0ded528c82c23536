package record

import (
	"errors"
	"strconv"
	"strings"
)

var errPlaces = errors.New("places of blocks in the state are damaged")

// PackPlaces returns places of blocks, in rising order, as they are stored: "0,7,8".
func PackPlaces(places []int) string {
	var packed []byte
	for i, p := range places {
		if i > 0 {
			packed = append(packed, ',')
		}
		packed = strconv.AppendInt(packed, int64(p), 10)
	}
	return string(packed)
}

// ReadPlaces reads what PackPlaces wrote.
func ReadPlaces(packed string) ([]int, error) {
	if packed == "" {
		return nil, nil
	}
	var places []int
	for one := range strings.SplitSeq(packed, ",") {
		p, err := strconv.Atoi(one)
		if err != nil || p < 0 || len(places) > 0 && p <= places[len(places)-1] {
			return nil, errPlaces
		}
		places = append(places, p)
	}
	return places, nil
}
