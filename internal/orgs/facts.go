package orgs

import (
	"slices"

	"capillare/internal/calendar"
)

// Ending says that a body is about to end: whoever still needs it refuses, and the body stays.
type Ending struct {
	BodyID string
	On     calendar.Day
}

// Merged says that From became part of Into: whoever keeps records of From moves them to Into, in the
// same transaction, and says with Moved which they were.
type Merged struct {
	From, Into, MergeID string
	moved               *[]Move
}

// Move is a record that followed a merge: what it is, in the words of its package ("points.managing"),
// and its id there.
type Move struct{ What, ID string }

// Moved notes that records followed the merge; MergeUndone.Of returns them when it is undone.
func (m Merged) Moved(what string, ids ...string) { gather(m.moved, what, ids) }

// MergeUndone says that the merge of From into Into is undone: whoever moved records to Into moves
// back those that are still there, and says with Stayed which are not.
type MergeUndone struct {
	From, Into, MergeID string
	moves               []Move
	stayed              *[]Move
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

// Back notes what could not go back: those of Of(what) that are not in ids, the records that did.
func (u MergeUndone) Back(what string, ids []string) {
	stay := slices.DeleteFunc(u.Of(what), func(id string) bool { return slices.Contains(ids, id) })
	gather(u.stayed, what, stay)
}

// Stayed notes records that could not go back because they changed meanwhile.
func (u MergeUndone) Stayed(what string, ids ...string) { gather(u.stayed, what, ids) }

func gather(list *[]Move, what string, ids []string) {
	if list == nil {
		return
	}
	for _, id := range ids {
		*list = append(*list, Move{What: what, ID: id})
	}
}
