package agenda

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

// Part is a part of the day, by when a time begins on the clock of Rome.
type Part int

// The parts of the day.
const (
	AnyPart   Part = iota
	Morning        // before 13
	Afternoon      // from 13
	Evening        // from 18
)

// partOf returns the part of the day in which a time begins.
func partOf(starts time.Time) Part {
	switch minute := calendar.MinuteOf(starts); {
	case minute < 13*60:
		return Morning
	case minute < 18*60:
		return Afternoon
	}
	return Evening
}

// column is how a part stands in agenda_slot.
func (p Part) column() int { return int(p - Morning) }

// Order is what comes first among the points found.
type Order int

// The orders.
const (
	// Nearest puts the shortest way first.
	Nearest Order = iota
	// Soonest puts the first time first; of equal times the nearest.
	Soonest
)

const (
	// searchSize is how many points are found when nobody says how many.
	searchSize = 10
	// leastBatch and mostBatch bound how many places are asked at once while walking away from a town.
	leastBatch, mostBatch = 16, 512
	// daysOfTimes is how far from the first time at a point the next ones are listed.
	daysOfTimes = 7
)

// endless is after every time.
var endless = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// SearchQuery is what somebody asks who looks for a free time; empty fields do not narrow.
type SearchQuery struct {
	// Near says from where, how far and at which points. Its Max and Offset do not count.
	Near points.Search
	// Audience is who asks; empty is kinds.Everyone.
	Audience kinds.Audience
	// Topic is a national code (SE6); a time without a kind serves them all.
	Topic string
	// KindID is a kind of appointment, or Plain; Shape is Individual or Group.
	KindID, Shape string
	Mode          kinds.Mode
	// Languages are those that the facilitator must speak.
	Languages []string
	// From and To are the first and last day.
	From, To calendar.Day
	Part     Part
	Order    Order
	// Full keeps the points where no such time is free, in their place by distance. It wants Nearest.
	Full bool
	// Each is how many times of each point are listed in [Found.Times]; 0 is none, for the first one is in
	// [Found.First].
	Each int
	// Max is how many points to return, 0 for 10; Offset is how many to skip.
	Max, Offset int
	// Count asks how many points there are in all.
	Count bool
}

// Found is a point that answers a search.
type Found struct {
	Point points.Point
	// AddressID is the nearest address with such a time (with Full, the nearest), Travel the way to it.
	AddressID string
	points.Travel
	// First is the first free time, zero when there is none; FirstAddressID is where.
	First          time.Time
	FirstAddressID string
	// Times are the first ones from First on, at its address.
	Times []Time
}

// Results are the points that answer a search.
type Results struct {
	Found []Found
	// Points is how many there are in all; it is 0 unless Count or Full was asked for.
	Points int
	// More says that there are others after these.
	More bool
}

// FirstTimes returns the points with a free time that answer q, with their first one.
func (s *Service) FirstTimes(ctx context.Context, q SearchQuery) ([]Found, error) {
	r, err := s.Search(ctx, q)
	return r.Found, err
}

// Search returns the points that answer q with their first free time. Points and times are of one moment:
// nothing is remembered of times, and points only until one of them changes.
func (s *Service) Search(ctx context.Context, q SearchQuery) (Results, error) {
	if q.Max <= 0 {
		q.Max = searchSize
	}
	roads, err := s.points.Roads(ctx)
	if err != nil {
		return Results{}, err
	}
	var found Results
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		found = Results{}
		places, err := s.points.PlacesTx(ctx, tx, roads, q.Near)
		if err != nil {
			return err
		}
		w := &walk{ctx: ctx, q: q, db: db.New(tx), places: places, seen: map[string]int{}}
		if w.wish, w.nobody, err = s.wish(ctx, tx, q); err != nil {
			return err
		}
		found, err = w.results()
		return err
	})
	if err != nil {
		return Results{}, fmt.Errorf("search of free times: %w", err)
	}
	return found, nil
}

// wish puts into the words of the queries which times q asks for; nobody says that no time can answer,
// because nobody speaks its languages.
func (s *Service) wish(ctx context.Context, tx *sqldb.Tx, q SearchQuery) (w db.FirstOfPartsParams, nobody bool, err error) {
	after, before := tx.Now, endless
	if !q.From.IsZero() && q.From.Start().After(after) {
		after = q.From.Start().Add(-time.Microsecond)
	}
	if !q.To.IsZero() {
		before = q.To.AddDays(1).Start()
	}
	w = db.FirstOfPartsParams{
		Staff: q.Audience == kinds.Staff, Audience: string(q.Audience), Now: sqldb.At(tx.Now), After: sqldb.At(after), Before: sqldb.At(before),
		AnyShape: q.Shape == "", Shape: q.Shape, AnyMode: q.Mode == "", Mode: string(q.Mode),
		AnyKind: q.KindID == "", KindID: slotKind(q.KindID), AnyTopic: q.Topic == "", Serving: sqldb.List(nil),
		Anybody: len(q.Languages) == 0, People: sqldb.List(nil), Parts: partsOf(q.Part),
	}
	if !w.AnyTopic {
		serving, err := s.kinds.Serving(ctx, tx, q.Topic)
		if err != nil {
			return w, false, err
		}
		w.Serving = sqldb.List(serving)
	}
	if !w.Anybody {
		people, err := s.facilitators.Speaking(ctx, tx, q.Languages)
		if err != nil {
			return w, false, err
		}
		w.People, nobody = sqldb.List(people), len(people) == 0
	}
	return w, nobody, nil
}

func partsOf(p Part) string {
	if p == AnyPart {
		return "[0,1,2]"
	}
	return fmt.Sprintf("[%d]", p.column())
}

// walk goes from the nearest place on and looks for times.
type walk struct {
	ctx    context.Context
	q      SearchQuery
	db     *db.Queries
	wish   db.FirstOfPartsParams
	nobody bool
	places *points.Places
	// hits are the points found, in order; seen is where in hits each one is.
	hits []hit
	seen map[string]int
}

// hit is a point found at a place, with its first time and where that is.
type hit struct {
	points.Place
	first time.Time
	at    string
}

func (w *walk) results() (r Results, err error) {
	switch {
	case w.q.Full:
		w.nearestOfAll()
		r.Points = w.places.Points()
	case w.nobody:
	case w.q.Order == Soonest:
		err = w.soonest()
	default:
		err = w.nearest()
	}
	if err != nil {
		return r, err
	}
	if w.q.Count && !w.q.Full {
		r.Points = len(w.hits)
	}
	first := min(max(0, w.q.Offset), len(w.hits))
	last := min(first+w.q.Max, len(w.hits))
	r.More = last < len(w.hits)
	page := w.hits[first:last]
	if w.q.Full && !w.nobody {
		err = w.fill(page)
	}
	for i := 0; i < len(page) && err == nil; i++ {
		var f Found
		f, err = w.found(page[i])
		r.Found = append(r.Found, f)
	}
	return r, err
}

// add adds a point by a place of it; of one found already it reports where it is.
func (w *walk) add(h hit) (i int, isNew bool) {
	if i, ok := w.seen[h.PointID]; ok {
		return i, false
	}
	w.seen[h.PointID] = len(w.hits)
	w.hits = append(w.hits, h)
	return len(w.hits) - 1, true
}

// enough is how many points are wanted before it is known that another one follows the page.
func (w *walk) enough() int { return max(0, w.q.Offset) + w.q.Max + 1 }

// nearest stops when enough are found, unless all are counted.
func (w *walk) nearest() error {
	for from, size := 0, max(leastBatch, 2*w.enough()); from < w.places.Len(); from, size = from+size, min(2*size, mostBatch) {
		batch := w.batch(from, from+size)
		firsts, err := w.firsts(batch)
		if err != nil {
			return err
		}
		for i, at := range firsts {
			if !at.IsZero() {
				w.add(hit{Place: batch[i], first: at, at: batch[i].AddressID})
			}
		}
		if len(w.hits) >= w.enough() && !w.q.Count {
			return nil
		}
	}
	return nil
}

// soonest looks at every place and keeps of each point the first time; of equal ones the nearest.
func (w *walk) soonest() error {
	all := w.batch(0, w.places.Len())
	firsts, err := w.firsts(all)
	if err != nil {
		return err
	}
	for i, at := range firsts {
		if at.IsZero() {
			continue
		}
		h := hit{Place: all[i], first: at, at: all[i].AddressID}
		if j, isNew := w.add(h); !isNew && at.Before(w.hits[j].first) {
			w.hits[j] = h
		}
	}
	rank := make(map[string]int, len(all))
	for i, p := range all {
		rank[p.PointID+p.AddressID] = i
	}
	slices.SortFunc(w.hits, func(a, b hit) int {
		return cmp.Or(a.first.Compare(b.first), cmp.Compare(rank[a.PointID+a.AddressID], rank[b.PointID+b.AddressID]))
	})
	return nil
}

// nearestOfAll finds points by their nearest address; fill looks for the times of a page of them.
func (w *walk) nearestOfAll() {
	for rank := 0; rank < w.places.Len() && len(w.hits) < w.enough(); rank++ {
		w.add(hit{Place: w.places.At(rank)})
	}
}

// fill gives the points of a page their first time, at whichever of their addresses.
func (w *walk) fill(page []hit) error {
	of, ids := map[string]*hit{}, []string{}
	for i := range page {
		of[page[i].PointID], ids = &page[i], append(ids, page[i].PointID)
	}
	all := w.places.Of(ids)
	firsts, err := w.firsts(all)
	for i, at := range firsts {
		if h := of[all[i].PointID]; !at.IsZero() && (h.first.IsZero() || at.Before(h.first)) {
			h.first, h.at = at, all[i].AddressID
		}
	}
	return err
}

// batch returns the places from a rank up to another.
func (w *walk) batch(from, to int) []points.Place {
	list := make([]points.Place, 0, to-from)
	for rank := from; rank < min(to, w.places.Len()); rank++ {
		list = append(list, w.places.At(rank))
	}
	return list
}

// firsts returns the first time at each of some places; zero where there is none.
func (w *walk) firsts(places []points.Place) ([]time.Time, error) {
	names, at := make([]string, len(places)), make(map[string]int, len(places))
	for i, p := range places {
		names[i] = p.PointID + p.AddressID
		at[names[i]] = i
	}
	firsts := make([]time.Time, len(places))
	rows, err := w.ask(sqldb.List(names))
	for _, r := range rows {
		if i := at[r.Place]; !r.StartsAt.IsZero() && (firsts[i].IsZero() || r.StartsAt.Before(firsts[i])) {
			firsts[i] = r.StartsAt.Time
		}
	}
	return firsts, err
}

// ask asks for the first times of places: of citizens at any time of the day by an index of its own.
func (w *walk) ask(places string) ([]db.FirstOfPartsRow, error) {
	arg := w.wish
	if arg.Places = places; !public(w.q.Audience) || w.q.Part != AnyPart {
		return w.db.FirstOfParts(w.ctx, arg)
	}
	rows, err := w.db.FirstPublic(w.ctx, db.FirstPublicParams{
		Places: places, Now: arg.Now, After: arg.After, Before: arg.Before, AnyShape: arg.AnyShape, Shape: arg.Shape,
		AnyMode: arg.AnyMode, Mode: arg.Mode, AnyKind: arg.AnyKind, KindID: arg.KindID, AnyTopic: arg.AnyTopic, Serving: arg.Serving,
		Anybody: arg.Anybody, People: arg.People,
	})
	list := make([]db.FirstOfPartsRow, len(rows))
	for i, r := range rows {
		list[i] = db.FirstOfPartsRow(r)
	}
	return list, err
}

// found is a hit with its point and times.
func (w *walk) found(h hit) (f Found, err error) {
	f = Found{AddressID: h.AddressID, Travel: h.Travel, First: h.first, FirstAddressID: h.at}
	f.Point, _ = w.places.Point(h.PointID)
	if h.first.IsZero() || w.q.Each == 0 {
		return f, nil
	}
	from, to := Morning.column(), Evening.column()
	if w.q.Part != AnyPart {
		from, to = w.q.Part.column(), w.q.Part.column()
	}
	arg, until := w.wish, h.first.AddDate(0, 0, daysOfTimes)
	if until.After(arg.Before.Time) {
		until = arg.Before.Time
	}
	rows, err := w.db.TimesOfPlace(w.ctx, db.TimesOfPlaceParams{
		PointID: h.PointID, AddressID: h.at, FromPart: from, ToPart: to, Staff: arg.Staff, Audience: arg.Audience, Now: arg.Now,
		After: sqldb.At(h.first.Add(-time.Microsecond)), Before: sqldb.At(until), AnyShape: arg.AnyShape, Shape: arg.Shape,
		AnyMode: arg.AnyMode, Mode: arg.Mode, AnyKind: arg.AnyKind, KindID: arg.KindID, AnyTopic: arg.AnyTopic, Serving: arg.Serving,
		Anybody: arg.Anybody, People: arg.People, Max: int32(w.q.Each),
	})
	f.Times, err = timesOf(rows, err, func(r db.TimesOfPlaceRow) db.TimesRow { return db.TimesRow(r) })
	return f, err
}
