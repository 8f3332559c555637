package territory

// Measured goes through the trips that the matrix tells, by the Belfiore codes of their ends, in no
// order: every other trip is an estimate, and grows with distance.
func (r *Roads) Measured(yield func(from, to string) bool) {
	for pair := range r.matrix {
		if !yield(r.index.towns[pair[0]].Belfiore, r.index.towns[pair[1]].Belfiore) {
			return
		}
	}
}
