package territory

import (
	"cmp"
	"context"
	"maps"
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
)

// Find returns at most max municipalities in force whose name or postal code answers q: exact names
// first, then names that begin with q, then those with a word that does, then the others that contain
// it; among equals those of regionCode come first, then the larger. q may be bilingual, have or lack
// accents and apostrophes, carry the letters of the province ("Aliano (MT)") or be (the beginning of)
// a postal code. An old name finds what is there today, and Formerly says which name it was.
func (s *Service) Find(ctx context.Context, q, regionCode string, max int) ([]Municipality, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	folded := Fold(q)
	if folded == "" || max <= 0 {
		return nil, nil
	}
	found := ix.search.answers(folded, max)
	order := slices.Collect(maps.Keys(found))
	elsewhere := func(town int) int {
		if ix.towns[town].RegionCode == regionCode {
			return 0
		}
		return 1
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(found[a].rank, found[b].rank),
			cmp.Compare(elsewhere(a), elsewhere(b)),
			cmp.Compare(ix.towns[a].order, ix.towns[b].order))
	})
	var answers []Municipality
	for _, i := range order[:min(len(order), max)] {
		m := ix.towns[i].copy()
		m.Formerly = found[i].old
		answers = append(answers, m)
	}
	return answers, nil
}

// answers returns all that answers q, but looks inside words only when fewer than enough begin with it.
func (s *search) answers(q string, enough int) hits {
	found := hits{}
	if strings.Trim(q, "0123456789") == "" {
		s.byCAP(q, found)
		return found
	}
	s.byWord(q, found)
	s.byWords(strings.Fields(q), found)
	if len(found) < enough {
		s.byPart(strings.ReplaceAll(q, " ", ""), found)
	}
	return found
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
