package territory

import (
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
	// One number holds the whole order: how well, where, how large.
	order := make([]int, len(found.towns))
	for n, i := range found.towns {
		elsewhere := 1
		if ix.towns[i].RegionCode == regionCode {
			elsewhere = 0
		}
		order[n] = (int(found.best[i].rank)*2+elsewhere)*len(ix.towns) + ix.towns[i].order
	}
	slices.Sort(order)
	var answers []Municipality
	for _, n := range order[:min(len(order), max)] {
		i := ix.bySize[n%len(ix.towns)]
		m := ix.towns[i].copy()
		m.Formerly = found.best[i].old
		answers = append(answers, m)
	}
	return answers, nil
}

// answers returns all that answers q, but looks inside words only when fewer than enough begin with it.
func (s *search) answers(q string, enough int) *hits {
	found := newHits(s.towns)
	if strings.Trim(q, "0123456789") == "" {
		s.byCAP(q, found)
		return found
	}
	s.byWord(q, found)
	s.byWords(strings.Fields(q), found)
	if len(found.towns) < enough {
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
