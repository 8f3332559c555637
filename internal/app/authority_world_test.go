package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/config"
	"capillare/internal/demo"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/feeds"
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/imports"
	"capillare/internal/kinds"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/register"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/visits"
	"capillare/internal/waiting"
)

// world is a small demo network with one account for each role, and ids by kind for each role: of what is
// the role's own, and of what is another's.
type world struct {
	*App
	site       http.Handler
	tokens     map[byte]string
	own, other map[byte]map[string]string
}

// A Tuesday: points are open, and the demo has bookings at the point of the tour.
var tuesday = calendar.NewDay(2026, time.November, 24)

func newWorld(t *testing.T) *world {
	t.Helper()
	morning, err := tuesday.At(7 * 60)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	address, _ := sqldbtest.Database(t, sqldb.SQLite)
	a, err := Open(t.Context(), Options{Store: config.Store{Data: dir, Database: config.Secret(address)}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return morning }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	_, err = demo.Build(t.Context(), demo.Services{DB: a.DB, Identity: a.Identity, Territory: a.Territory, Orgs: a.Orgs, Network: a.Network, Funding: a.Funding,
		Points: a.Points, Facilitators: a.Facilitators, Agenda: a.Agenda, Register: a.Register},
		demo.Options{Region: "basilicata", Today: tuesday, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{App: a, tokens: map[byte]string{}, own: map[byte]map[string]string{}, other: map[byte]map[string]string{}}
	if w.site, err = a.site(config.Web{}); err != nil {
		t.Fatal(err)
	}
	for letter, name := range emails {
		if w.tokens[letter], err = a.Identity.SignIn(t.Context(), name+"@demo.example", demo.Password, "127.0.0.1"); err != nil {
			t.Fatalf("sign in as %s: %v", name, err)
		}
		who, _, err := a.Identity.Actor(t.Context(), w.tokens[letter])
		if err != nil {
			t.Fatal(err)
		}
		w.choose(t, letter, who)
	}
	return w
}

// choose picks a point that the role sees and one that it does not, both with bookings and services.
func (w *world) choose(t *testing.T, letter byte, who identity.Actor) {
	t.Helper()
	sees, err := w.Points.Visible(t.Context(), who, identity.SeePoints)
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.Points.All(t.Context(), identity.System("test"), identity.SeePoints)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		into := w.other
		if sees.Has(p.ID) {
			into = w.own
		}
		if into[letter] != nil {
			continue
		}
		ids := w.idsAt(t, p)
		if ids["booking"] == "" || ids["record"] == "" {
			continue
		}
		if g := who.Grants[0]; g.Scope == identity.ScopeBody && sees.Has(p.ID) {
			if ids["employer"] != g.ScopeID {
				continue // people are changed by the body they work for
			}
			ids["body"] = g.ScopeID // a partner's own body is not the one that manages its points
		}
		w.giveRole(t.Context(), t, ids["body"])
		w.shutBody(t.Context(), t, ids)
		w.addCampaign(t.Context(), t, ids)
		w.addFeed(t.Context(), t, who, ids, sees.Has(p.ID))
		into[letter] = ids
	}
	if w.own[letter] == nil || strings.IndexByte(scoped, letter) >= 0 && w.other[letter] == nil {
		t.Fatalf("role %c has no point of its own, or none of others, to try with", letter)
	}
}

func (w *world) idsAt(t *testing.T, p points.Point) map[string]string {
	t.Helper()
	ctx, system := t.Context(), identity.System("test")
	ids := map[string]string{"point": p.ID, "code": p.Code, "address": p.Addresses[0].ID, "body": p.ManagingBodyID, "project": p.ProjectID, "none": "NESSUNO2"}
	projects, err := w.Funding.ProjectsByIDs(ctx, []string{p.ProjectID})
	if err != nil {
		t.Fatal(err)
	}
	ids["programme"] = projects[p.ProjectID].ProgrammeID
	people, _, err := w.Facilitators.List(ctx, system, facilitators.Filter{PointID: p.ID, Max: 1})
	if err != nil || len(people) == 0 {
		t.Fatalf("facilitators of %s: %v", p.PublicName, err)
	}
	ids["facilitator"], ids["employer"] = people[0].ID, people[0].BodyID
	duties, err := w.Facilitators.Duties(ctx, system, p.ID)
	if err != nil || len(duties) == 0 {
		t.Fatalf("duties of %s: %v", p.PublicName, err)
	}
	ids["duty"] = duties[0].ID
	next, _ := duties[0].Recurrence().First(tuesday.AddDays(7), duties[0].To)
	ids["duty_day"] = next.String()
	ids["booking"] = w.bookingAt(ctx, t, p.ID)
	ids["call"], ids["closing"] = w.callAt(ctx, t, p.ID), w.closingAt(ctx, t, p.ID)
	ids["waits"], ids["visit"] = w.waiterAt(ctx, t, p.ID), w.visitAt(ctx, t, p)
	if ids["kind"], err = w.Kinds.Add(ctx, system, kinds.Kind{PointID: p.ID, Name: "Prova", Minutes: 30, From: tuesday}); err != nil {
		t.Fatal(err)
	}
	records, err := w.Register.List(ctx, system, register.Filter{PointID: p.ID, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(records) > 0 {
		ids["record"] = records[0].ID
	}
	far := tuesday.AddDays(300)
	if ids["closure"], err = w.Points.AddClosure(ctx, system, points.Closure{PointID: p.ID, From: far, To: far, Reason: "prova"}); err != nil {
		t.Fatal(err)
	}
	w.pointParts(ctx, t, p, ids)
	if ids["absence"], err = w.Facilitators.AddAbsence(ctx, system, facilitators.Absence{FacilitatorID: ids["facilitator"], From: far, To: far}); err != nil {
		t.Fatal(err)
	}
	batch, err := w.Imports.Preview(ctx, system, imports.Targets, "prova.csv", strings.NewReader("progetto;kpi;scadenza;valore\nDF-17-01;services;2027-12-31;10\n"))
	if err != nil {
		t.Fatal(err)
	}
	ids["batch"] = batch.ID
	ids["territory"], err = w.Territory.Stage(ctx, system, []territory.SentFile{{Name: "prova.csv", Content: []byte("a;b\n1;2\n")}})
	if err != nil {
		t.Fatal(err)
	}
	ids["account"], ids["role"] = w.spareAccount(ctx, t)
	ids["colleague"] = w.colleague(ctx, t, ids["employer"])
	if ids["merge"], err = w.Facilitators.Merge(ctx, system, w.colleague(ctx, t, ids["employer"]), ids["facilitator"]); err != nil {
		t.Fatal(err)
	}
	ids["kept"], ids["bodies"] = w.mergedBodies(ctx, t)
	return ids
}

// closingAt closes a point all of a sudden, on a day on which nobody has booked.
func (w *world) closingAt(ctx context.Context, t *testing.T, pointID string) string {
	t.Helper()
	done, err := w.Agenda.Close(ctx, identity.System("test"), agenda.Closing{Day: tuesday.AddDays(320), PointIDs: []string{pointID}, Reason: "prova"})
	if err != nil {
		t.Fatal(err)
	}
	return done.ID
}

// pointParts gives a point an exceptional opening and a photograph to take away.
func (w *world) pointParts(ctx context.Context, t *testing.T, p points.Point, ids map[string]string) {
	t.Helper()
	system, a := identity.System("test"), p.Addresses[0]
	ids["town"] = a.Belfiore
	day := tuesday.AddDays(310 + len(a.Exceptions))
	if err := w.Points.PutException(ctx, system, points.Exception{AddressID: a.ID, Day: day, Reason: "prova", Bands: calendar.Bands{{Opens: 600, Closes: 660}}}); err != nil {
		t.Fatal(err)
	}
	var drawing bytes.Buffer
	if err := png.Encode(&drawing, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	upload, err := files.Read("prova.png", &drawing, files.Photo())
	if err != nil {
		t.Fatal(err)
	}
	upload.Alt = "prova"
	if ids["photo"], err = w.Points.AddPhoto(ctx, system, p.ID, "other", upload); err != nil {
		t.Fatal(err)
	}
	photos, err := w.Points.Photos(ctx, system, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	ids["file"] = photos[0].File.ID
	if p, err = w.Points.ByID(ctx, system, p.ID); err != nil {
		t.Fatal(err)
	}
	e, _ := p.Addresses[0].ExceptionOn(day)
	ids["exception"] = e.ID
}

// shutBody gives the body a closure of all its points.
func (w *world) shutBody(ctx context.Context, t *testing.T, ids map[string]string) {
	t.Helper()
	id, err := w.Points.AddWideClosure(ctx, identity.System("test"), points.WideClosure{BodyID: ids["body"], From: tuesday.AddDays(320), Reason: "prova"})
	if err != nil {
		t.Fatal(err)
	}
	ids["wide"] = id
}

// mergedBodies returns a merge of two bodies that nobody else works with, and the one kept.
func (w *world) mergedBodies(ctx context.Context, t *testing.T) (kept, merge string) {
	t.Helper()
	var ids [2]string
	for i := range ids {
		name := fmt.Sprintf("Ente di prova %d %d", i, time.Now().UnixNano())
		id, err := w.Orgs.Add(ctx, identity.System("test"), orgs.Body{Name: name, Kind: orgs.KindOther})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	merge, err := w.Orgs.Merge(ctx, identity.System("test"), orgs.Merging{FromID: ids[0], IntoID: ids[1]})
	if err != nil {
		t.Fatal(err)
	}
	return ids[1], merge
}

// giveRole makes sure that a body has the role that the pages of roles are tried with.
func (w *world) giveRole(ctx context.Context, t *testing.T, bodyID string) {
	t.Helper()
	role := orgs.Role{Name: orgs.RoleHost, From: calendar.NewDay(2026, time.January, 1)}
	if err := w.Orgs.AddRole(ctx, identity.System("test"), bodyID, role); err != nil && errs.Of(err) != errs.Invalid {
		t.Fatal(err)
	}
}

// colleague is a new person of a body.
func (w *world) colleague(ctx context.Context, t *testing.T, bodyID string) string {
	t.Helper()
	id, err := w.Facilitators.Add(ctx, identity.System("test"), facilitators.Facilitator{BodyID: bodyID, Name: "Prova", Surname: "Collega", From: tuesday}, "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// bookingAt returns a confirmed booking of today or later, made when there is none.
func (w *world) bookingAt(ctx context.Context, t *testing.T, pointID string) string {
	t.Helper()
	times, err := w.Agenda.Times(ctx, pointID, agenda.Individual, tuesday, tuesday.AddDays(14))
	if err != nil || len(times) == 0 {
		return ""
	}
	b, err := w.Agenda.BookFor(ctx, identity.System("test"), agenda.ForRequest{
		Where:   agenda.Where{PointID: pointID, AddressID: times[0].AddressID, StartsAt: times[0].StartsAt},
		Channel: agenda.Phone, Details: agenda.Details{Topic: "D", Contact: agenda.Contact{Name: "Prova Prova"}}, NoticeVersion: "1.0",
		// Every role books for the same name.
		Anyway: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.ID
}

// spareAccount is one that no role of the test signs in with.
func (w *world) spareAccount(ctx context.Context, t *testing.T) (account, role string) {
	t.Helper()
	const email = "altra.persona@demo.example"
	system := identity.System("test")
	found, _, err := w.Identity.List(ctx, system, identity.Filter{Search: email, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		if account, err = w.Identity.CreateAccount(ctx, system, identity.NewAccount{Email: email, Name: "Altra Persona", Password: demo.Password}); err != nil {
			t.Fatal(err)
		}
		if _, err = w.Identity.Grant(ctx, system, identity.Holding{AccountID: account, Role: identity.Operator, Scope: identity.ScopeNetwork}); err != nil {
			t.Fatal(err)
		}
	} else {
		account = found[0].ID
	}
	roles, err := w.Identity.RolesOf(ctx, system, account)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range roles {
		role = one[0].ID
	}
	return account, role
}

// waiterAt puts somebody in the waiting list of a point.
func (w *world) waiterAt(ctx context.Context, t *testing.T, pointID string) string {
	t.Helper()
	e, err := w.Waiting.Join(ctx, identity.Public(""), waiting.Request{
		Wish:    waiting.Wish{PointID: pointID, Suits: calendar.AnyTime()},
		Contact: agenda.Contact{Name: "Prova", Email: pointID + strconv.FormatInt(time.Now().UnixNano(), 10) + "@posta.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// visitAt asks a point for a visit.
func (w *world) visitAt(ctx context.Context, t *testing.T, p points.Point) string {
	t.Helper()
	v, err := w.Visits.Ask(ctx, identity.Public(""), visits.Ask{
		Reason: visits.Distance, Belfiore: p.Addresses[0].Belfiore, Place: "Piazza", People: 1, Suits: calendar.AnyTime(),
		Contact: agenda.Contact{Name: "Prova", Phone: "055 123456"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if v.PointID == p.ID {
		return v.ID
	}
	if _, err := w.Visits.Give(ctx, identity.System("test"), visits.Seen{ID: v.ID, Version: v.Version}, p.ID); err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// callAt asks for a call at a point.
func (w *world) callAt(ctx context.Context, t *testing.T, pointID string) (id string) {
	t.Helper()
	err := w.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		id, err = w.Calls.Add(ctx, tx, calls.Call{PointID: pointID, Subject: calls.Booking, SubjectID: sqldb.NewID(tx.Now), Version: 1, Why: calls.Reminder,
			Name: "Prova", Phone: "0550000000", Until: tx.Now.AddDate(1, 0, 0)})
		return err
	})
	if err != nil || id == "" {
		t.Fatalf("a call at %s: %q, %v", pointID, id, err)
	}
	return id
}

// addFeed makes a calendar of a point: one of who where the point is theirs, else somebody else's.
func (w *world) addFeed(ctx context.Context, t *testing.T, who identity.Actor, ids map[string]string, own bool) {
	t.Helper()
	ids["feed"] = ids["none"]
	if !own {
		account, _ := w.spareAccount(ctx, t)
		who = identity.Actor{AccountID: account, Grants: []identity.Grant{{Role: identity.Operator, Scope: identity.ScopeNetwork}}}
	}
	if !who.Can(identity.SeeAgenda) {
		return
	}
	f, _, err := w.Feeds.Add(ctx, who, feeds.Feed{PointID: ids["point"]})
	if err != nil {
		t.Fatalf("a calendar of %s: %v", ids["point"], err)
	}
	ids["feed"] = f.ID
}
