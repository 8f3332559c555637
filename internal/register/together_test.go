package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

func registerAll(tb testing.TB, n *registertest.Network, inputs []register.Input) []register.Record {
	tb.Helper()
	refs, err := n.Register.References(tb.Context(), registertest.System(), inputs)
	if err != nil {
		tb.Fatalf("References: %v", err)
	}
	var out []register.Record
	err = n.DB.Update(tb.Context(), func(tx *sqldb.Tx) error {
		out, err = n.Register.RegisterTx(tb.Context(), tx, registertest.System(), refs, inputs)
		return err
	})
	if err != nil {
		tb.Fatalf("RegisterTx: %v", fields(err))
	}
	return out
}

// TestRivals lets many writers record the same few people at the same points at once.
func TestRivals(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		const writers, each = 16, 4
		var wg sync.WaitGroup
		failed := make(chan error, writers*each)
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					in := n.Service((w+i)%3, registertest.Today().AddDays(-(w*7+i)%60), nine, registertest.Citizen(i), registertest.Citizen(10+w%4))
					in.IdempotencyKey = fmt.Sprintf("key-%d", (w/2)*each+i)
					in.Day = registertest.Today().AddDays(-(w/2*7 + i) % 60)
					in.PointID, in.FacilitatorID = n.PointIDs[(w/2+i)%3], n.FacilitatorIDs[(w/2+i)%3]
					in.Citizens[1] = registertest.Citizen(10 + w/2%4)
					if _, err := n.Register.Register(t.Context(), registertest.System(), in); err != nil {
						failed <- err
					}
				}
			})
		}
		wg.Wait()
		close(failed)
		for err := range failed {
			t.Errorf("Register among rivals: %v %v", err, fields(err))
		}
		got := total(t, n, register.CountFilter{})
		if want := (register.Numbers{Services: writers / 2 * each, Accesses: writers * each, UniqueAccesses: 8}); got != want {
			t.Errorf("Total = %v, want %v", got, want)
		}
		wantNoDifference(t, n)
	})
}

func TestBatchNamesItsServices(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		today := registertest.Today()
		// The second service leaves out what the first says of the same person.
		again := register.Citizen{TaxCode: registertest.Citizen(1).TaxCode}
		inputs := []register.Input{n.Service(0, today, nine, registertest.Citizen(1)), n.Service(1, today, nine, again)}
		records := registerAll(t, n, inputs)
		if records[0].FirstTimes+records[1].FirstTimes < 1 || total(t, n, register.CountFilter{}) != (register.Numbers{Services: 2, Accesses: 2, UniqueAccesses: 1}) {
			t.Errorf("records = %+v", records)
		}
		inputs[1].Minutes = 0
		inputs[1].Citizens[0].TaxCode = "x"
		refs, err := n.Register.References(t.Context(), registertest.System(), inputs)
		if err != nil {
			t.Fatalf("References: %v", err)
		}
		err = n.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := n.Register.RegisterTx(t.Context(), tx, registertest.System(), refs, inputs)
			return err
		})
		if got := fmt.Sprint(fields(err)); got != "[services.2.citizens.1.tax_code codes.taxcode_length services.2.minutes register.minutes]" {
			t.Errorf("problems = %s", got)
		}
		wantNoDifference(t, n)
	})
}

// TestBooking follows a booking through recording, cancelling and correcting, by its facilitator.
func TestBooking(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, clock *sqldbtest.Clock) {
		ctx := t.Context()
		who := n.SignedIn(t, 0)
		b := book(t, n, clock)
		in := n.Service(0, b.Day, calendar.MinuteOf(b.StartsAt), registertest.Citizen(1))
		in.FacilitatorID, in.BookingID = "", b.ID
		r, err := n.Register.Register(ctx, who, in)
		if err != nil {
			t.Fatalf("Register: %v %v", err, fields(err))
		}
		if r.FacilitatorID != n.FacilitatorIDs[0] {
			t.Errorf("FacilitatorID = %s, want who recorded", r.FacilitatorID)
		}
		state := func(want string) {
			t.Helper()
			if got, err := n.Agenda.ByCode(ctx, b.Code); err != nil || got.State != want {
				t.Errorf("booking = %s, %v, want %s", got.State, err, want)
			}
		}
		state(agenda.Served)
		if _, err := n.Register.Register(ctx, who, in); err == nil {
			t.Errorf("a second record for one booking was taken")
		}
		fixed, err := n.Register.Correct(ctx, who, r.ID, r.Version, in)
		if err != nil {
			t.Fatalf("Correct: %v %v", err, fields(err))
		}
		state(agenda.Served)
		if err := n.Register.Cancel(ctx, who, fixed.ID, "sbagliato"); err != nil {
			t.Fatalf("Cancel: %v", err)
		}
		state(agenda.Confirmed)
		if got, err := n.Register.OwnNumbers(ctx, who, n.FacilitatorIDs[0], b.Day, b.Day); err != nil || got != (register.Numbers{}) {
			t.Errorf("OwnNumbers = %v, %v, want none", got, err)
		}
		in.PointID, in.FacilitatorID = n.PointIDs[2], n.FacilitatorIDs[2]
		if _, err := n.Register.Register(ctx, registertest.System(), in); fmt.Sprint(fields(err)) != "[booking register.booking_elsewhere]" {
			t.Errorf("Register for a booking of another point = %v, want a problem at booking", fields(err))
		}
		in.PointID, in.FacilitatorID = n.PointIDs[1], n.FacilitatorIDs[1]
		if _, err := n.Register.Register(ctx, who, in); !errors.Is(err, identity.ErrNotHere) {
			t.Errorf("Register at a point out of scope = %v, want not here", err)
		}
	})
}

// book makes a confirmed booking at point 0 with facilitator 0, and puts the clock after it.
func book(t *testing.T, n *registertest.Network, clock *sqldbtest.Clock) agenda.Booking {
	t.Helper()
	ctx, who := t.Context(), registertest.System()
	p, err := n.Points.ByID(ctx, who, n.PointIDs[0])
	if err != nil {
		t.Fatalf("point: %v", err)
	}
	_, err = n.Facilitators.AddDuty(ctx, who, facilitators.Duty{FacilitatorID: n.FacilitatorIDs[0], PointID: p.ID, AddressID: p.Addresses[0].ID,
		Weekday: 4, Starts: 9 * 60, Ends: 12 * 60, Kind: facilitators.Individual, SlotMinutes: 30, Seats: 1, From: registertest.Today()})
	if err != nil {
		t.Fatalf("AddDuty: %v", err)
	}
	if err := n.Agenda.Extend(ctx); err != nil {
		t.Fatalf("Extend: %v", err)
	}
	times, err := n.Agenda.Times(ctx, p.ID, agenda.Individual, registertest.Today(), registertest.Today().AddDays(7))
	if err != nil || len(times) == 0 {
		t.Fatalf("Times = %v, %v, want some", times, err)
	}
	b, err := n.Agenda.BookFor(ctx, who, agenda.ForRequest{Where: agenda.Where{PointID: p.ID, Kind: agenda.Individual, StartsAt: times[0].StartsAt},
		Details: agenda.Details{Topic: "A", Contact: agenda.Contact{Name: "Prova", Phone: "0971 000000"}}, NoticeVersion: "1", Key: "abcdefghijklmnop"})
	if err != nil {
		t.Fatalf("BookFor: %v %v", err, fields(err))
	}
	clock.Set(b.EndsAt)
	return b
}

// TestNothingInClear looks for tax codes, names and documents in the database, its WAL and the logs.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	app, _ := sqldbtest.Database(t, sqldb.SQLite)
	var mu sync.Mutex
	var log bytes.Buffer
	db := sqldbtest.OpenURL(t, sqldb.Options{URL: app, Now: registertest.Now,
		Log: slog.New(slog.NewTextHandler(locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	n := registertest.New(t, db)
	ctx, who := t.Context(), registertest.System()
	planted := []string{"AZ9988776655", "Zzyzxnome", "Qwxcognome"}
	for i := range 20 {
		c := registertest.Citizen(i)
		c.Name, c.Surname = planted[1], planted[2]
		planted = append(planted, c.TaxCode)
		r, err := n.Register.Register(ctx, who, n.Service(0, registertest.Today(), nine, c, register.Citizen{DocumentKind: "A", DocumentNumber: planted[0], Name: planted[1]}))
		if err != nil {
			t.Fatalf("Register: %v", fields(err))
		}
		if _, err := n.Register.FindCitizen(ctx, who, c.TaxCode); err != nil {
			t.Fatalf("FindCitizen: %v", err)
		}
		bad := c
		bad.TaxCode = bad.TaxCode[:15] + "!"
		_, err = n.Register.Register(ctx, who, n.Service(0, registertest.Today(), nine, bad))
		if err == nil || strings.Contains(err.Error(), c.TaxCode[:15]) {
			t.Errorf("Register with a wrong code = %v, want a refusal without it", err)
		}
		if i%3 == 0 {
			if err := n.Register.Cancel(ctx, who, r.ID, "prova"); err != nil {
				t.Fatalf("Cancel: %v", err)
			}
		}
	}
	// A duplicate behind the service's back makes the engine itself write an error.
	_ = db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO register_citizen SELECT * FROM register_citizen")
		slog.New(slog.NewTextHandler(locked{&mu, &log}, nil)).Error("refused", "error", err)
		return err
	})
	files := map[string][]byte{"log": bytes.Clone(log.Bytes())}
	path := strings.TrimPrefix(app, "sqlite:")
	for _, name := range glob(t, path+"*") {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		files[filepath.Base(name)] = content
	}
	if len(files) < 3 {
		t.Fatalf("looked at %d files, want the database, its WAL and the log", len(files))
	}
	for name, content := range files {
		for _, secret := range planted {
			for _, form := range forms(secret) {
				if bytes.Contains(content, form) {
					t.Errorf("%s holds %q in clear", name, secret)
				}
			}
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatalf("Glob: %v", err)
	}
	return list
}

// forms returns a text as UTF-8 and UTF-16 of both orders, in capitals and small letters.
func forms(secret string) [][]byte {
	var out [][]byte
	for _, s := range []string{secret, strings.ToLower(secret)} {
		var little, big []byte
		for _, u := range utf16.Encode([]rune(s)) {
			little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
		}
		out = append(out, []byte(s), little, big)
	}
	return out
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func BenchmarkRegister(b *testing.B) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/%d", engine, clients), func(b *testing.B) {
				n := registertest.New(b, sqldbtest.OpenAt(b, engine, sqldbtest.NewClock(registertest.Now())))
				b.ResetTimer()
				var wg sync.WaitGroup
				for c := range clients {
					wg.Go(func() {
						for i := c; i < b.N; i += clients {
							in := n.Service(i%3, registertest.Today().AddDays(-i%100), nine, registertest.Citizen(i%670))
							if _, err := n.Register.Register(context.WithoutCancel(b.Context()), registertest.System(), in); err != nil {
								b.Errorf("Register: %v %v", err, fields(err))
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

func BenchmarkRegisterTx(b *testing.B) {
	for _, engine := range []sqldb.Engine{sqldb.SQLite, sqldb.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			n := registertest.New(b, sqldbtest.OpenAt(b, engine, sqldbtest.NewClock(registertest.Now())))
			b.ResetTimer()
			for i := 0; i < b.N; i += 500 {
				var inputs []register.Input
				for j := i; j < min(i+500, b.N); j++ {
					inputs = append(inputs, n.Service(j%3, registertest.Today().AddDays(-j%100), nine, registertest.Citizen(j%670)))
				}
				registerAll(b, n, inputs)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
