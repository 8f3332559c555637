package agenda

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/sqldb"
)

const (
	// soon is within how many days a time at the own point is better than one at another.
	soon = 7
	// seekDays is how many days after its own a booking can be moved.
	seekDays = 21
	// neighbours is among how many near points a time is looked for, and farthest how many minutes away
	// they are at most.
	neighbours = 12
	farthest   = 30
	// triedTimes is how many times are tried for one booking before it is said that there is none.
	triedTimes = 12
)

// Spot is a free time at a point that could take a booking whose own time falls out.
type Spot struct {
	Time
	PointID string
	// Travel is how many minutes the place is from that of the booking, circa; 0 when it is the same.
	Travel int
}

// where asks for the spot. Away from the own points it asks what a citizen could ask.
func (s Spot) where(b Booking, own points.Visible) Where {
	w := Where{PointID: s.PointID, AddressID: s.AddressID, Kind: s.Kind, KindID: wished(s.KindID), StartsAt: s.StartsAt, Audience: kinds.Everyone, Party: b.Party}
	if own.Has(s.PointID) {
		w.Audience = kinds.Staff
	}
	return w
}

// Proposal is what would become of a booking whose time falls out.
type Proposal struct {
	Booking Booking
	// Fate is Reassigned (same time and place, somebody else), Moved, or LeftWithoutPlace.
	Fate string
	// To is the time proposed; the zero Spot when there is none.
	To Spot

	// tried are the times to try in order: the proposed one first.
	tried []Where
}

// seeker finds free times for bookings whose own fall out.
type seeker struct {
	now time.Time
	own points.Visible
	// free are the times of each address; reach is how far other addresses are from that of a booking.
	free  map[string][]freeTime
	reach map[string]map[string]int
	// gone tells of times that are no longer there; nil: of none.
	gone func(db.FreeAheadRow) bool
}

// freeTime is a slot with seats that are still to be proposed.
type freeTime struct {
	db.FreeAheadRow
	left *int
}

// seek proposes a time to each of list, in order: each seat once. Times for which gone is true are no
// longer there. It asks for bookings that who may move.
func (s *Service) seek(ctx context.Context, who identity.Actor, list []Booking, gone func(db.FreeAheadRow) bool) ([]Proposal, error) {
	own, err := s.points.Visible(ctx, who, identity.Book)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	reach, ids, err := s.reach(ctx, list)
	if err != nil {
		return nil, err
	}
	k := &seeker{own: own, reach: reach, gone: gone}
	var out []Proposal
	err = s.base.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = k.proposals(ctx, tx, list, ids)
		return err
	})
	return out, err
}

// proposals reads the free times of points and proposes one to each of list.
func (k *seeker) proposals(ctx context.Context, tx *sqldb.Tx, list []Booking, ids []string) ([]Proposal, error) {
	if len(list) == 0 {
		return nil, nil
	}
	k.now, k.free = tx.Now, map[string][]freeTime{}
	first, last := spanOf(list)
	rows, err := db.New(tx).FreeAhead(ctx, db.FreeAheadParams{
		FromDay: first, ToDay: last.AddDays(seekDays), After: sqldb.At(tx.Now), Points: sqldb.List(ids), Max: affectedAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("free times ahead: %w", err)
	}
	for _, r := range rows {
		if left := k.seats(r); left > 0 && (k.gone == nil || !k.gone(r)) {
			k.free[r.AddressID] = append(k.free[r.AddressID], freeTime{r, &left})
		}
	}
	out := make([]Proposal, len(list))
	for i, b := range list {
		out[i] = k.propose(b)
	}
	return out, nil
}

// seats is how many seats of a slot may be given: away from the own points as many as citizens may take.
func (k *seeker) seats(r db.FreeAheadRow) int {
	if k.own.Has(r.PointID) {
		return r.Free
	}
	if kinds.Audience(r.Audience) != kinds.Everyone || !k.now.Before(r.ClosesAt.Time) {
		return 0
	}
	return r.Free - r.Kept
}

func spanOf(list []Booking) (first, last calendar.Day) {
	first, last = list[0].Day, list[0].Day
	for _, b := range list {
		if b.Day.Before(first) {
			first = b.Day
		}
		if b.Day.After(last) {
			last = b.Day
		}
	}
	return first, last
}

// reach returns for each address of the bookings the addresses near it with their minutes, and the points
// that they belong to. An itinerant point is in several villages: its other addresses are as far as they are.
func (s *Service) reach(ctx context.Context, list []Booking) (map[string]map[string]int, []string, error) {
	reach, ids := map[string]map[string]int{}, map[string]bool{}
	for _, b := range list {
		if reach[b.AddressID] != nil {
			continue
		}
		ids[b.PointID], reach[b.AddressID] = true, map[string]int{b.AddressID: 0}
		if len(reach) > pointsOffered {
			continue
		}
		found, err := s.points.ByIDs(ctx, []string{b.PointID})
		if err != nil {
			return nil, nil, err
		}
		p := found[b.PointID]
		from, ok := p.Address(b.AddressID)
		if !ok {
			continue
		}
		for _, a := range p.Addresses {
			if minutes, ok := between(from, a); ok {
				reach[b.AddressID][a.ID] = minutes
			}
		}
		near, err := s.near(ctx, from)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range near {
			if n.Point.ID != b.PointID && n.Located && n.Minutes <= farthest && n.Point.Booking != points.BookingNone {
				reach[b.AddressID][n.AddressID], ids[n.Point.ID] = max(n.Minutes, 1), true
			}
		}
	}
	return reach, slices.Sorted(maps.Keys(ids)), nil
}

// between returns the minutes from an address of a point to another, and whether that is near enough.
func between(from, to points.Address) (minutes int, near bool) {
	switch {
	case from.ID == to.ID:
		return 0, true
	case from.HasAt && to.HasAt:
		minutes = max(1, geo.TravelMinutes(geo.Distance(from.At, to.At)))
		return minutes, minutes <= farthest
	}
	return 1, from.Belfiore == to.Belfiore
}

func (s *Service) near(ctx context.Context, from points.Address) ([]points.Near, error) {
	if !from.HasAt {
		return nil, nil
	}
	near, _, err := s.points.Near(ctx, points.Search{From: from.At, Max: neighbours + 1})
	return near, err
}

// propose finds the times for a booking: never before its own, because who was told a time may not read
// of an earlier one, and never shorter. Within a week the own place is better than a near one.
func (k *seeker) propose(b Booking) Proposal {
	type choice struct {
		freeTime
		spot Spot
		rank int
	}
	var list []choice
	for id, minutes := range k.reach[b.AddressID] {
		for _, f := range k.free[id] {
			if !f.suits(b) {
				continue
			}
			c := choice{freeTime: f, spot: f.spot(minutes)}
			if minutes > 0 {
				c.rank = 1
			}
			if f.StartsAt.Sub(b.StartsAt) > soon*24*time.Hour {
				c.rank += 2
			}
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, c choice) int {
		return cmp.Or(cmp.Compare(a.rank, c.rank), a.spot.StartsAt.Compare(c.spot.StartsAt), cmp.Compare(a.spot.Travel, c.spot.Travel),
			cmp.Compare(a.PointID, c.PointID), cmp.Compare(a.ID, c.ID))
	})
	p := Proposal{Booking: b, Fate: LeftWithoutPlace}
	for _, c := range list {
		w := c.spot.where(b, k.own)
		if slices.Contains(p.tried, w) {
			continue
		}
		if len(p.tried) == 0 {
			*c.left -= max(1, b.Party)
			p.To, p.Fate = c.spot, Moved
			if b.sits(w) {
				p.Fate = Reassigned
			}
		}
		if p.tried = append(p.tried, w); len(p.tried) == triedTimes {
			break
		}
	}
	return p
}

// suits reports whether the time could take b: the same kind, as long at least, not before.
func (f freeTime) suits(b Booking) bool {
	seats := 1
	if b.Kind == Group {
		seats = max(1, b.Party)
	}
	return *f.left >= seats && f.Kind == b.Kind && f.KindID == b.KindID && !f.StartsAt.Before(b.StartsAt) &&
		f.EndsAt.Sub(f.StartsAt.Time) >= b.EndsAt.Sub(b.StartsAt)
}

func (f freeTime) spot(minutes int) Spot {
	return Spot{PointID: f.PointID, Travel: minutes, Time: Time{
		StartsAt: f.StartsAt.Time, EndsAt: f.EndsAt.Time, Kind: f.Kind, KindID: f.KindID, Mode: kinds.Mode(f.Mode), AddressID: f.AddressID, Free: f.Free,
	}}
}
