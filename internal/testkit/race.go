package testkit

import "testing"

// WithoutRace leaves a test on much data to the second pass of `make test`, which builds without the race
// detector: with it the embedded database is ten times slower, and such a test works alone, so that there
// is no race to find.
func WithoutRace(t testing.TB) {
	t.Helper()
	if race {
		t.Skip("SKIPPED with -race: the second pass of make test runs it without")
	}
}
