package territory

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// rank says how well a municipality answers what was typed; smaller is better.
type rank int

const (
	rankExact rank = iota
	rankPrefix
	rankWord     // a word of the name begins with it
	rankWords    // each word typed begins a word of the name, in order: "s vito" is San Vito
	rankContains // anywhere in the name, spaces apart: "santangelo"
	rankNone
)

// Find returns at most max municipalities whose name or postal code answers q: exact names first,
// then names that begin with q, then those with a word that does, then the others that contain it;
// among equals those of regionCode come first, then the larger. q may be bilingual, have or lack
// accents and apostrophes, carry the letters of the province ("Aliano (MT)") or be (the beginning of)
// a postal code.
func (s *Service) Find(ctx context.Context, q, regionCode string, max int) ([]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	type hit struct {
		town *town
		rank rank
	}
	var hits []hit
	match := matcher(Fold(q))
	for i := range ix.towns {
		if r := match(&ix.towns[i]); r < rankNone {
			hits = append(hits, hit{&ix.towns[i], r})
		}
	}
	elsewhere := func(t *town) int {
		if t.RegionCode == regionCode {
			return 0
		}
		return 1
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank),
			cmp.Compare(elsewhere(a.town), elsewhere(b.town)),
			cmp.Compare(b.town.Population, a.town.Population),
			byName(a.town.Municipality, b.town.Municipality))
	})
	var found []Municipality
	for _, h := range hits[:min(len(hits), max)] {
		found = append(found, h.town.copy())
	}
	return found, nil
}

// matcher returns the rank of a town for a folded question.
func matcher(q string) func(t *town) rank {
	switch {
	case q == "":
		return func(*town) rank { return rankNone }
	case strings.Trim(q, "0123456789") == "":
		return func(t *town) rank { return rankCAP(t.CAPs, q) }
	}
	words, squeezed := strings.Fields(q), strings.ReplaceAll(q, " ", "")
	return func(t *town) rank {
		best := rankNone
		for _, key := range t.keys {
			best = min(best, rankName(key, q, words, squeezed))
		}
		return best
	}
}

func rankCAP(caps []string, q string) rank {
	best := rankNone
	for _, c := range caps {
		switch {
		case c == q:
			return rankExact
		case strings.HasPrefix(c, q):
			best = rankPrefix
		}
	}
	return best
}

func rankName(key, q string, words []string, squeezed string) rank {
	switch {
	case key == q:
		return rankExact
	case strings.HasPrefix(key, q):
		return rankPrefix
	case strings.Contains(key, " "+q):
		return rankWord
	case wordsInOrder(key, words):
		return rankWords
	case len(squeezed) > 1 && strings.Contains(strings.ReplaceAll(key, " ", ""), squeezed):
		return rankContains
	}
	return rankNone
}

// wordsInOrder reports whether each word typed begins a word of key, in the same order.
func wordsInOrder(key string, words []string) bool {
	if len(words) < 2 {
		return false
	}
	next := 0
	for word := range strings.FieldsSeq(key) {
		if strings.HasPrefix(word, words[next]) {
			if next++; next == len(words) {
				return true
			}
		}
	}
	return false
}

func byName(a, b Municipality) int {
	return cmp.Or(cmp.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.Belfiore, b.Belfiore))
}
