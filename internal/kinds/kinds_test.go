package kinds_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
)

var (
	system = identity.System("test")
	july   = calendar.NewDay(2026, time.July, 1)
	monday = calendar.NewDay(2027, time.January, 11)
)

func actor(role identity.Role, scope identity.Scope, id string) identity.Actor {
	return identity.Actor{AccountID: "someone", Grants: []identity.Grant{{Role: role, Scope: scope, ScopeID: id}}}
}

// world is two bodies with a point each, and what was told of kinds.
type world struct {
	t      *testing.T
	kinds  *kinds.Service
	orgs   *orgs.Service
	body   [2]string
	point  [2]string
	told   []string
	clock  *sqldbtest.Clock
	region identity.Actor
}

func onBoth(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	sqldbtest.RunAt(t, monday.Start(), func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db)
		w.clock = clock
		fn(t, w)
	})
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	ctx, bus, w := t.Context(), jobs.NewBus(), &world{t: t, region: actor(identity.Region, identity.ScopeNetwork, "")}
	towns := territory.New(db)
	_, err := towns.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1100, CAPs: []string{"75010"},
	}})
	w.must(err)
	w.orgs = orgs.New(db, towns).Telling(bus)
	pts := points.New(db, points.Deps{Bus: bus, Territory: towns, Orgs: w.orgs, Funding: funding.New(db)})
	w.kinds = kinds.New(db, kinds.Deps{Points: pts, Bus: bus})
	w.kinds.Subscribe(bus)
	bands, err := calendar.ParseBands("lun-ven 9-13")
	w.must(err)
	for i, name := range []string{"Comune di Aliano", "Unione dei Comuni"} {
		w.body[i], err = w.orgs.Add(ctx, system, orgs.Body{Name: name, Kind: orgs.KindMunicipality, Belfiore: "A187"})
		w.must(err)
		w.point[i], err = pts.Add(ctx, system, points.Point{
			OfficialName: "Punto di " + name, Kind: points.Fixed, ManagingBodyID: w.body[i], State: points.StateOpen, OpenedOn: july,
			Booking:   points.BookingPossible,
			Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", Schedules: []points.Schedule{{Bands: bands}}}},
		})
		w.must(err)
	}
	jobs.Subscribe(bus, func(_ context.Context, _ *sqldb.Tx, f kinds.Changed) error {
		w.told = append(w.told, f.KindID)
		return nil
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(k kinds.Kind) string {
	w.t.Helper()
	id, err := w.kinds.Add(w.t.Context(), system, k)
	w.must(err)
	return id
}

func plain(name string) kinds.Kind {
	return kinds.Kind{Name: name, Minutes: 30, From: july}
}

// TestBadInput is everything that a form may hold and that no kind may be.
func TestBadInput(t *testing.T) {
	t.Parallel()
	whole := kinds.Kind{Name: "Corso", Mode: kinds.Course, Minutes: 120, Seats: 10, Kept: 2, From: july}
	if _, err := kinds.Check(whole); err != nil {
		t.Fatalf("Check(%+v) = %v, want nothing wrong", whole, err)
	}
	for _, test := range []struct {
		field string
		spoil func(*kinds.Kind)
	}{
		{"name", func(k *kinds.Kind) { k.Name = "  " }},
		{"name", func(k *kinds.Kind) { k.Name = strings.Repeat("è", 81) }},
		{"name_en", func(k *kinds.Kind) { k.NameEN = strings.Repeat("e", 81) }},
		{"bring", func(k *kinds.Kind) { k.Bring = strings.Repeat("e", 1001) }},
		{"mode", func(k *kinds.Kind) { k.Mode = "letter" }},
		{"audience", func(k *kinds.Kind) { k.Audience = "nobody" }},
		{"place", func(k *kinds.Kind) { k.BodyID, k.PointID = "a", "b" }},
		{"minutes", func(k *kinds.Kind) { k.Minutes = 0 }},
		{"minutes", func(k *kinds.Kind) { k.Minutes = 5 }},
		{"minutes", func(k *kinds.Kind) { k.Minutes = 32 }},
		{"minutes", func(k *kinds.Kind) { k.Minutes = 245 }},
		{"minutes", func(k *kinds.Kind) { k.Minutes = -30 }},
		{"before", func(k *kinds.Kind) { k.Before = -5 }},
		{"before", func(k *kinds.Kind) { k.Before = 7 }},
		{"after", func(k *kinds.Kind) { k.After = 125 }},
		{"seats", func(k *kinds.Kind) { k.Seats = 0 }},
		{"seats", func(k *kinds.Kind) { k.Seats = 500 }},
		{"seats", func(k *kinds.Kind) { k.Mode, k.Seats, k.Kept = kinds.Phone, 2, 0 }},
		{"kept", func(k *kinds.Kind) { k.Kept = -1 }},
		{"kept", func(k *kinds.Kind) { k.Kept = 11 }},
		{"kept", func(k *kinds.Kind) { k.Mode, k.Seats, k.Kept = kinds.Desk, 1, 1 }},
		{"notice", func(k *kinds.Kind) { k.NoticeMinutes = -1 }},
		{"notice", func(k *kinds.Kind) { k.NoticeMinutes = 31 * 24 * 60 }},
		{"horizon", func(k *kinds.Kind) { k.HorizonDays = 366 }},
		{"topics", func(k *kinds.Kind) { k.Topics = []string{"A B"} }},
		{"skills", func(k *kinds.Kind) { k.Skills = []string{""} }},
		{"from", func(k *kinds.Kind) { k.From = calendar.Day{} }},
		{"to", func(k *kinds.Kind) { k.To = july.AddDays(-1) }},
	} {
		k := whole
		test.spoil(&k)
		_, err := kinds.Check(k)
		var why *errs.Refusal
		if !errors.As(err, &why) || len(why.Problems) != 1 || why.Problems[0].Field != test.field {
			t.Errorf("Check(%+v) = %v, want one problem of %s", k, err, test.field)
		}
	}
}

func TestKindIsKeptAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		want := kinds.Kind{
			BodyID: w.body[0], Name: "Corso", NameEN: "Course", Mode: kinds.Course, Topics: []string{"A", "M"}, Minutes: 120, Before: 15, After: 10,
			Seats: 12, Kept: 2, NoticeMinutes: 1440, HorizonDays: 90, Audience: kinds.Partners, Bring: "Niente", BringEN: "Nothing",
			Skills: []string{"3", "7"}, Languages: []string{"en", "it"}, From: july, To: july.AddDays(400), Version: 1,
		}
		typed := want
		typed.Name, typed.Topics = "  Corso ", []string{"M", "A", "M"}
		want.ID = w.add(typed)
		got, err := w.kinds.ByID(t.Context(), system, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("ByID: %v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{want.ID}, w.told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestChangeEndAndHistory(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.add(plain("Aiuto"))
		k, err := w.kinds.ByID(ctx, w.region, id)
		w.must(err)
		k.Minutes, k.Topics = 45, []string{"D"}
		// Where it is offered never changes.
		k.PointID = w.point[1]
		w.clock.Add(time.Minute)
		w.must(w.kinds.Change(ctx, w.region, k))
		w.clock.Add(time.Minute)
		if err := w.kinds.Change(ctx, w.region, kinds.Kind{ID: id, Name: "Altro", Minutes: 30, From: july, Version: 1}); !errors.Is(err, kinds.ErrRival) {
			t.Errorf("Change of what is old = %v, want ErrRival", err)
		}
		for on, want := range map[calendar.Day]string{{}: "form.required", july.AddDays(-1): "kinds.end_day", monday.AddDays(-2): "kinds.end_day"} {
			var why *errs.Refusal
			if err := w.kinds.End(ctx, w.region, id, on); !errors.As(err, &why) || why.Problems[0].Key != want {
				t.Errorf("End(%v) = %v, want %s", on, err, want)
			}
		}
		w.must(w.kinds.End(ctx, w.region, id, monday.AddDays(-1)))
		if err := w.kinds.End(ctx, w.region, id, monday); !errors.Is(err, kinds.ErrEnded) {
			t.Errorf("End again = %v, want ErrEnded", err)
		}
		rows, err := w.kinds.History(ctx, w.region, id)
		w.must(err)
		var got []string
		for _, r := range rows {
			line := r.Action
			for _, c := range r.Changes() {
				if r.Action != "kinds.add" {
					line += " " + c.Field + ":" + c.From + ">" + c.To
				}
			}
			got = append(got, line)
		}
		want := []string{"kinds.end To:>2027-01-10", "kinds.edit Topics:>[D] Minutes:30>45", "kinds.add"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("History (-want +got):\n%s", diff)
		}
		now, err := w.kinds.List(ctx, w.region, kinds.Filter{})
		over, err2 := w.kinds.List(ctx, w.region, kinds.Filter{Ended: true})
		if err = errors.Join(err, err2); err != nil || len(now) != 0 || len(over) != 1 || over[0].PointID != "" {
			t.Errorf("List = %v and %v, %v, want it among the ended, of the network", now, over, err)
		}
	})
}

// TestScope says who sees and who changes a kind of the network, of a body, of a point.
func TestScope(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids := map[string]string{}
		for _, k := range []kinds.Kind{
			{Name: "rete"}, {Name: "ente 0", BodyID: w.body[0]}, {Name: "ente 1", BodyID: w.body[1]},
			{Name: "punto 0", PointID: w.point[0]}, {Name: "punto 1", PointID: w.point[1]},
		} {
			k.Minutes, k.From = 30, july
			ids[k.Name] = w.add(k)
		}
		own := actor(identity.ManagingBody, identity.ScopeBody, w.body[0])
		here := actor(identity.Facilitator, identity.ScopePoint, w.point[0])
		for _, test := range []struct {
			name        string
			who         identity.Actor
			sees, edits []string
		}{
			{"region", w.region, []string{"ente 0", "ente 1", "punto 0", "punto 1", "rete"}, []string{"ente 0", "ente 1", "punto 0", "punto 1", "rete"}},
			{"body", own, []string{"ente 0", "punto 0", "rete"}, []string{"ente 0", "punto 0"}},
			{"facilitator", here, []string{"ente 0", "punto 0", "rete"}, nil},
		} {
			list, err := w.kinds.List(t.Context(), test.who, kinds.Filter{})
			var names []string
			for _, k := range list {
				names = append(names, k.Name)
			}
			if diff := cmp.Diff(test.sees, names); err != nil || diff != "" {
				t.Errorf("%s sees: %v (-want +got):\n%s", test.name, err, diff)
			}
			for name, id := range ids {
				if _, err := w.kinds.ByID(t.Context(), test.who, id); (err == nil) != slices.Contains(test.sees, name) {
					t.Errorf("ByID(%s) for %s = %v", name, test.name, err)
				}
				k, err := w.kinds.ByID(t.Context(), system, id)
				w.must(err)
				k.Minutes += 5
				may := slices.Contains(test.edits, name)
				if got := w.kinds.MayEdit(t.Context(), test.who, k); got != may {
					t.Errorf("MayEdit(%s) for %s = %v, want %v", name, test.name, got, may)
				}
				err = w.kinds.Change(t.Context(), test.who, k)
				if refused := errors.Is(err, identity.ErrForbidden) || errors.Is(err, identity.ErrNotHere); refused == may || !refused && err != nil {
					t.Errorf("Change(%s) for %s = %v, want may %v", name, test.name, err, may)
				}
			}
		}
		if _, err := w.kinds.List(t.Context(), identity.Actor{}, kinds.Filter{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("List for nobody = %v, want forbidden", err)
		}
		at, err := w.kinds.At(t.Context(), w.point[1])
		var names []string
		for _, k := range at {
			names = append(names, k.Name)
		}
		if diff := cmp.Diff([]string{"ente 1", "punto 1", "rete"}, names); err != nil || diff != "" {
			t.Errorf("At: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestKindsFollowTheirBody(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := w.add(kinds.Kind{Name: "Aiuto", BodyID: w.body[0], Minutes: 30, From: july})
		where := func() string {
			k, err := w.kinds.ByID(t.Context(), system, id)
			w.must(err)
			return k.BodyID
		}
		merge, err := w.orgs.Merge(t.Context(), system, orgs.Merging{FromID: w.body[0], IntoID: w.body[1]})
		w.must(err)
		if where() != w.body[1] {
			t.Errorf("body after the merge = %s, want the other one", where())
		}
		_, err = w.orgs.UndoMerge(t.Context(), system, merge)
		w.must(err)
		if where() != w.body[0] {
			t.Errorf("body after the undo = %s, want its own", where())
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	if kinds.Everyone.Sees(kinds.Partners) || !kinds.Partners.Sees(kinds.Everyone) || kinds.Partners.Sees(kinds.Staff) || !kinds.Staff.Sees(kinds.Partners) {
		t.Error("Sees does not go from everyone to partners to staff")
	}
	k := kinds.Kind{Name: "Corso", NameEN: "Course", Bring: "Niente", Topics: []string{"A"}, Skills: []string{"1"}, Languages: []string{"en"}}
	for got, want := range map[string]string{k.NameIn("it"): "Corso", k.NameIn("en"): "Course", k.BringIn("en"): "Niente"} {
		if got != want {
			t.Errorf("words = %q, want %q", got, want)
		}
	}
	if !k.Serves("") || !k.Serves("A") || k.Serves("B") || !(kinds.Kind{}).Serves("B") {
		t.Error("Serves does not follow the topics")
	}
	if !k.SuitedTo([]string{"2", "1"}, []string{"en", "it"}) || k.SuitedTo([]string{"2"}, []string{"en"}) || k.SuitedTo([]string{"1"}, nil) {
		t.Error("SuitedTo does not ask for all skills and languages")
	}
	if kinds.Desk.Shape() != "individual" || kinds.Course.Shape() != "group" || !kinds.Home.Remote() || kinds.Village.Remote() {
		t.Error("a mode has another shape")
	}
}
