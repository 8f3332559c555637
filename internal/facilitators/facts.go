package facilitators

import (
	"slices"

	"capillare/internal/identity"
)

// Merged is the fact that two records were one person: whoever keeps something of From moves it to Into
// in the same transaction and says with Moved what it was, or refuses when the two cannot be one.
type Merged struct {
	From, Into, MergeID string
	// OtherAccount is the account of From that Into does not take, because it has KeptAccount; both are
	// empty when there was only one.
	OtherAccount, KeptAccount string
	Who                       identity.Actor
	moved                     *[]Move
}

// Move is a record that followed a person: what it is, in the words of its package ("agenda.slot"), and
// its id there.
type Move struct{ What, ID string }

// Moved notes that records followed; MergeUndone.Of returns them when the merge is undone.
func (m Merged) Moved(what string, ids ...string) { gather(m.moved, what, ids) }

// MergeUndone is the fact that From and Into are two persons after all: whoever moved records moves back
// those that still are Into's, and says with Back which they were.
type MergeUndone struct {
	From, Into, MergeID string
	// OtherAccount is the account that From has again, KeptAccount that of Into: as in [Merged].
	OtherAccount, KeptAccount string
	Who                       identity.Actor
	moves                     []Move
	stayed                    *[]Move
}

// Of returns the ids that Merged.Moved noted under what.
func (u MergeUndone) Of(what string) []string {
	var ids []string
	for _, m := range u.moves {
		if m.What == what {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// Back notes which of Of(what) went back: the others stayed.
func (u MergeUndone) Back(what string, ids []string) {
	stay := slices.DeleteFunc(u.Of(what), func(id string) bool { return slices.Contains(ids, id) })
	gather(u.stayed, what, stay)
}

// Continued is the fact that a shift goes on as others: it changed, or somebody else does it from a day on.
type Continued struct {
	From string
	Into []string
}

func gather(list *[]Move, what string, ids []string) {
	if list == nil {
		return
	}
	for _, id := range ids {
		*list = append(*list, Move{What: what, ID: id})
	}
}
