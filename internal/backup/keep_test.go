package backup_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capillare/internal/backup"
)

func nightly(first time.Time, nights int) []backup.Copy {
	var all []backup.Copy
	for i := range nights {
		at := first.AddDate(0, 0, i)
		all = append(all, backup.Copy{Name: backup.NameAt(at), At: at})
	}
	return all
}

func TestKeep(t *testing.T) {
	t.Parallel()
	first := time.Date(2025, 11, 1, 1, 30, 0, 0, time.UTC)
	year := nightly(first, 400)
	last := year[399].At
	tests := []struct {
		name string
		keep backup.Keep
		now  time.Time
		want int
	}{
		// 7 days; 4 weeks, of which the newest two lie within the days; 12 months, of which the newest two do too.
		{"a year of nights", backup.Keep{Daily: 7, Weekly: 4, Monthly: 12}, last.Add(time.Hour), 19},
		{"nothing asked keeps the newest", backup.Keep{}, last.AddDate(0, 1, 0), 1},
		{"only days", backup.Keep{Daily: 3}, last.Add(time.Hour), 3},
		{"a long silence removes nothing of the rule", backup.Keep{Daily: 3}, last.AddDate(1, 0, 0), 3},
	}
	for _, tt := range tests {
		gone := tt.keep.Superfluous(year, tt.now)
		if got := len(year) - len(gone); got != tt.want {
			t.Errorf("%s: %v keeps %d copies, want %d", tt.name, tt.keep, got, tt.want)
		}
		if slices.ContainsFunc(gone, func(c backup.Copy) bool { return c.At.Equal(last) }) {
			t.Errorf("%s: the newest copy goes", tt.name)
		}
	}
	old := year[3].Name
	if gone := (backup.Keep{Daily: 1}).Superfluous(year, last, old); slices.ContainsFunc(gone, func(c backup.Copy) bool { return c.Name == old }) {
		t.Errorf("%s goes although it is always to be kept", old)
	}
}

// Whatever there is: the newest stays, what a rule keeps stays again the next time, and no more stay
// than the rule says, but for those of the last day.
func TestKeepOfAnyCopies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		var copies []backup.Copy
		for i, hours := range rapid.SliceOfNDistinct(rapid.IntRange(0, 20000), 1, 60, rapid.ID[int]).Draw(t, "hours ago") {
			copies = append(copies, backup.Copy{Name: fmt.Sprint(i), At: now.Add(-time.Duration(hours) * time.Hour)})
		}
		k := backup.Keep{Daily: rapid.IntRange(0, 9).Draw(t, "daily"), Weekly: rapid.IntRange(0, 6).Draw(t, "weekly"), Monthly: rapid.IntRange(0, 14).Draw(t, "monthly")}
		gone := k.Superfluous(copies, now)
		newest := slices.MaxFunc(copies, func(a, b backup.Copy) int { return a.At.Compare(b.At) })
		left := slices.DeleteFunc(slices.Clone(copies), func(c backup.Copy) bool { return slices.Contains(gone, c) })
		if !slices.Contains(left, newest) {
			t.Fatal("the newest copy goes")
		}
		if again := k.Superfluous(left, now); len(again) != 0 {
			t.Fatalf("a second look removes %d more", len(again))
		}
		fresh := len(slices.DeleteFunc(slices.Clone(left), func(c backup.Copy) bool { return now.Sub(c.At) >= 24*time.Hour }))
		if most := max(1, k.Daily+k.Weekly+k.Monthly) + fresh; len(left) > most {
			t.Fatalf("%d copies stay, want at most %d", len(left), most)
		}
	})
}
