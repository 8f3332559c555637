package territory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Source is one official file that was loaded, as whom to thank and under which terms.
type Source struct {
	ID string
	// Kind is what the file is about; "official.kind." + it is the word.
	Kind            string
	FileName, Title string
	// Reference is the day that the file speaks of, zero when it does not say.
	Reference calendar.Day
	// Provisional figures may still be corrected by who publishes them.
	Provisional bool
	// Holder published it, under Licence, at Address.
	Holder, Licence, Address string
	Rows                     int
	SHA256                   string
	LoadedAt                 time.Time
	// LoadedBy is the account, or the name of the program's part.
	LoadedBy string
}

func newSource(row db.TerritorySource) *Source {
	return &Source{ID: row.ID, Kind: row.Kind, FileName: row.FileName, Title: row.Title, Reference: row.Reference,
		Provisional: row.Provisional, Holder: row.Holder, Licence: row.Licence, Address: row.Address, Rows: row.RowCount,
		SHA256: row.Sha256, LoadedAt: row.LoadedAt.Time, LoadedBy: row.LoadedBy}
}

// Sources returns the files whose data are in use, by kind and from the newest: what the page of
// attributions shows. A file that a newer one has replaced is left out. The data that come with the
// program are not among them: see SeedSources.
func (s *Service) Sources(ctx context.Context) ([]Source, error) {
	ix, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	used := ix.sourcesOfTowns()
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		ids, err := db.New(tx).SourcesInUse(ctx)
		for _, id := range ids {
			used[id] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: sources: %w", err)
	}
	var found []Source
	for id, source := range ix.sources {
		if used[id] {
			found = append(found, *source)
		}
	}
	slices.SortFunc(found, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), b.Reference.Compare(a.Reference), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// newerThan goes by the day of loading, then by what the files speak of: two of a kind may come together.
func (s *Source) newerThan(o *Source) bool {
	return cmp.Or(s.LoadedAt.Compare(o.LoadedAt), s.Reference.Compare(o.Reference), cmp.Compare(s.ID, o.ID)) > 0
}

// sourcesOfTowns returns the ids of the sources that say something of a municipality, and of the newest
// of each kind that tells its past: histories are woven from all of them, and no row belongs to one.
func (ix *index) sourcesOfTowns() map[string]bool {
	used := map[string]bool{}
	for i := range ix.towns {
		o := ix.towns[i].From
		for _, source := range []*Source{o.List, o.Population, o.Ages, o.Classes, o.Inner} {
			if source != nil {
				used[source.ID] = true
			}
		}
	}
	newest := map[string]*Source{}
	for _, source := range ix.sources {
		was := newest[source.Kind]
		if tellsThePast(source.Kind) && (was == nil || source.newerThan(was)) {
			newest[source.Kind] = source
		}
	}
	for _, source := range newest {
		used[source.ID] = true
	}
	return used
}

// tellsThePast reports whether a kind of file is about codes and municipalities of other days.
func tellsThePast(kind string) bool {
	switch kind {
	case "changes", "suppressions", "archive":
		return true
	}
	return false
}
