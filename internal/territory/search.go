package territory

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// search finds municipalities by what was typed without looking at each of them: the beginnings of
// all words of all names in alphabetical order, and all names in one long text.
type search struct {
	keys []key
	// starts are the places where a word begins, in the order of the text that follows.
	starts []start
	// squeezed is every key without spaces, between line ends; lines tells where each begins.
	squeezed string
	lines    []int
	caps     []capOf
	towns    int // how many municipalities there are
}

// key is one folded form under which a municipality is looked for.
type key struct {
	text string
	town int
	// old is the name to show when the key is one that the town no longer has.
	old string
}

type start struct{ key, at int }

type capOf struct {
	cap  string
	town int
}

func newSearch(ix *index) *search {
	s := &search{towns: len(ix.towns)}
	for i := range ix.towns {
		s.addTown(ix, i)
	}
	var all strings.Builder
	for k := range s.keys {
		text := s.keys[k].text
		for at := range len(text) {
			if at == 0 || text[at-1] == ' ' {
				s.starts = append(s.starts, start{k, at})
			}
		}
		s.lines = append(s.lines, all.Len())
		all.WriteString(strings.ReplaceAll(text, " ", ""))
		all.WriteByte('\n')
	}
	s.squeezed = all.String()
	slices.SortFunc(s.starts, func(a, b start) int {
		return cmp.Or(cmp.Compare(s.from(a), s.from(b)), cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at))
	})
	slices.SortFunc(s.caps, func(a, b capOf) int { return cmp.Or(cmp.Compare(a.cap, b.cap), cmp.Compare(a.town, b.town)) })
	return s
}

// from is the text of a key from one of its words on.
func (s *search) from(w start) string { return s.keys[w.key].text[w.at:] }

// addTown adds the names of a municipality; those of one that ceased lead to what is there today.
func (s *search) addTown(ix *index, i int) {
	t, now := &ix.towns[i], ix.current(i)
	if !ix.towns[now].InForce() {
		return
	}
	add := func(name, old string) {
		if text := Fold(name); text != "" {
			s.keys = append(s.keys, key{text: text, town: now, old: old})
		}
	}
	names := []string{t.Name, t.NameOther}
	for _, f := range ix.former[t.Belfiore] {
		names = append(names, f.name)
	}
	present := map[string]bool{Fold(ix.towns[now].Name): true, Fold(ix.towns[now].NameOther): true}
	for _, name := range names {
		old := ""
		if name != "" && !present[Fold(name)] {
			old = name
		}
		if old == "" && now != i {
			continue // the heir has this name itself
		}
		add(name, old)
		if name == t.Name || old != "" {
			add(name+" "+t.ProvinceAbbr, old)
		}
	}
	if now != i {
		return
	}
	for _, c := range t.CAPs {
		s.caps = append(s.caps, capOf{c, i})
	}
}

// hits collects the best answer of each municipality. They are slices and not maps, because one letter
// finds a third of Italy.
type hits struct {
	towns []int // those found
	best  []hit // by municipality
}

// hit is how well a municipality answers: by name, or old name.
type hit struct {
	seen bool
	rank rank
	old  string
}

func newHits(towns int) *hits { return &hits{best: make([]hit, towns)} }

// add keeps a hit when it is better than what is there: a smaller rank, a present name before an old.
func (h *hits) add(town int, r rank, old string) {
	was := &h.best[town]
	if !was.seen {
		h.towns = append(h.towns, town)
	}
	if !was.seen || r < was.rank || r == was.rank && old == "" {
		*was = hit{true, r, old}
	}
}

// byCAP adds those whose postal code begins with q.
func (s *search) byCAP(q string, found *hits) {
	first := sort.Search(len(s.caps), func(i int) bool { return s.caps[i].cap >= q })
	for _, c := range s.caps[first:] {
		switch {
		case c.cap == q:
			found.add(c.town, rankExact, "")
		case strings.HasPrefix(c.cap, q):
			found.add(c.town, rankPrefix, "")
		default:
			return
		}
	}
}

// byWord adds those with a word, and what follows it, that begins with q.
func (s *search) byWord(q string, found *hits) {
	for _, w := range s.beginning(q) {
		k := &s.keys[w.key]
		switch {
		case w.at == 0 && k.text == q:
			found.add(k.town, rankExact, k.old)
		case w.at == 0:
			found.add(k.town, rankPrefix, k.old)
		default:
			found.add(k.town, rankWord, k.old)
		}
	}
}

// byWords adds those whose words begin with the words typed, in the same order.
func (s *search) byWords(words []string, found *hits) {
	if len(words) < 2 {
		return
	}
	for _, w := range s.beginning(words[0]) {
		if k := &s.keys[w.key]; wordsInOrder(k.text[w.at:], words) {
			found.add(k.town, rankWords, k.old)
		}
	}
}

// byPart adds those with q anywhere in the name, spaces apart.
func (s *search) byPart(q string, found *hits) {
	if len(q) < 2 {
		return
	}
	for at := 0; at < len(s.squeezed); {
		i := strings.Index(s.squeezed[at:], q)
		if i < 0 {
			return
		}
		line := sort.SearchInts(s.lines, at+i+1) - 1
		k := &s.keys[line]
		found.add(k.town, rankContains, k.old)
		at = len(s.squeezed)
		if line+1 < len(s.lines) {
			at = s.lines[line+1]
		}
	}
}

// beginning returns the places of words after which comes a text that begins with q.
func (s *search) beginning(q string) []start {
	first := sort.Search(len(s.starts), func(i int) bool { return s.from(s.starts[i]) >= q })
	past := first + sort.Search(len(s.starts)-first, func(i int) bool { return !strings.HasPrefix(s.from(s.starts[first+i]), q) })
	return s.starts[first:past]
}
