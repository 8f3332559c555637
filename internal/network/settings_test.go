package network

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var (
	tuesday = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	system  = identity.System("test")
)

// ready returns the service of a network that is set up.
func ready(t *testing.T, db *sqldb.DB) *Service {
	t.Helper()
	withRegion(t, db)
	s := New(db)
	if err := s.SetUp(context.Background(), system, Setting{Name: "Rete", RegionCode: "17", Phone: "800 1"}); err != nil {
		t.Fatal(err)
	}
	return s
}

func at(day, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, calendar.Rome)
	if err != nil {
		panic(err)
	}
	return t
}

func days(from, to string) Days {
	f, _ := calendar.ParseDay(from)
	t, _ := calendar.ParseDay(to)
	return Days{From: f, To: t}
}

func TestHoursOpenAt(t *testing.T) {
	t.Parallel()
	bands, err := calendar.ParseBands("lun-ven 09:00-13:00")
	if err != nil {
		t.Fatal(err)
	}
	h := Hours{Bands: bands, Closed: []Days{days("2026-11-25", "2026-11-26")}}
	for when, want := range map[string]struct {
		open bool
		next string
	}{
		"2026-11-24 08:59": {false, "2026-11-24 09:00"},
		"2026-11-24 09:00": {true, "2026-11-27 09:00"},
		"2026-11-24 12:59": {true, "2026-11-27 09:00"},
		"2026-11-24 13:00": {false, "2026-11-27 09:00"}, // two closed days follow
		"2026-11-25 10:00": {false, "2026-11-27 09:00"},
		"2026-11-28 10:00": {false, "2026-11-30 09:00"}, // a Saturday
		"2026-12-08 10:00": {false, "2026-12-09 09:00"}, // a holiday
	} {
		day, clock, _ := strings.Cut(when, " ")
		if got := h.OpenAt(at(day, clock)); got != want.open {
			t.Errorf("OpenAt(%s) = %v, want %v", when, got, want.open)
		}
		d, m, ok := h.Next(at(day, clock))
		if got := d.String() + " " + m.String(); !ok || got != want.next {
			t.Errorf("Next(%s) = %s, %v, want %s", when, got, ok, want.next)
		}
	}
	h.OnHolidays = true
	if !h.OpenAt(at("2026-12-08", "10:00")) {
		t.Error("OpenAt on a holiday that is a day like the others = false")
	}
	if _, _, ok := (Hours{}).Next(tuesday); ok {
		t.Error("Next without hours = ok")
	}
}

func TestSetPhone(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx, s := context.Background(), ready(t, db)
		bands, err := calendar.ParseBands("lun 15:00-17:00, lun 09:00-13:00")
		if err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string]PhoneBook{
			"overlap":  {Hours: Hours{Bands: append(calendar.Bands{{Weekday: calendar.Monday, Opens: 600, Closes: 700}}, bands...)}},
			"reversed": {Hours: Hours{Closed: []Days{days("2026-12-02", "2026-12-01")}}},
			"twice":    {Hours: Hours{Closed: []Days{days("2026-12-01", "2026-12-03"), days("2026-12-03", "2026-12-04")}}},
			"address":  {Email: "no"},
		} {
			if err := s.SetPhone(ctx, system, bad); errs.Of(err) != errs.Invalid {
				t.Errorf("SetPhone(%s) = %v, want invalid", name, err)
			}
		}
		book := PhoneBook{Phone: "800 2", Note: "gratuito", Hours: Hours{Bands: bands, OnHolidays: true, Closed: []Days{days("2026-12-24", "2026-12-24"), days("2026-08-14", "2026-08-16")}}}
		for range 2 {
			clock.Add(time.Minute)
			if err := s.SetPhone(ctx, system, book); err != nil {
				t.Fatal(err)
			}
		}
		now, err := s.Current(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want := Hours{Bands: bands, OnHolidays: true, Closed: []Days{book.Hours.Closed[1], book.Hours.Closed[0]}}
		want.Bands, _ = want.Bands.Normal()
		if diff := cmp.Diff(want, now.Hours); diff != "" || now.Setting.Phone != "800 2" || now.Setting.Name != "Rete" {
			t.Errorf("Current = %+v (-want +got):\n%s", now.Setting, diff)
		}
		rows, err := s.History(ctx, system)
		if err != nil || len(rows) != 3 || len(rows[0].Changes()) != 0 || len(rows[1].Changes()) != 5 {
			t.Errorf("History = %d rows, %v, want the second change empty and five fields before", len(rows), err)
		}
	})
}

// Two people change different things at once: neither undoes the other.
func TestChangesOfRivalsBothStay(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), ready(t, db)
		done := make(chan error, 2)
		go func() { done <- s.Change(ctx, system, func(set *Setting) { set.Tagline = "Vicino a te" }) }()
		go func() { done <- s.Change(ctx, system, func(set *Setting) { set.HorizonDays = 30 }) }()
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if set, err := s.Setting(ctx); err != nil || set.Tagline != "Vicino a te" || set.HorizonDays != 30 {
			t.Errorf("Setting = %+v, %v, want both changes", set, err)
		}
	})
}

func TestTextsAreDraftsThenNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx, s := context.Background(), ready(t, db)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.SaveDraft(ctx, system, Text{Kind: Privacy, Italian: "uno"}))
		must(s.SaveDraft(ctx, system, Text{Kind: Privacy, Italian: "due", English: "two"}))
		if _, err := s.Published(ctx, Privacy, 2); !errors.Is(err, ErrNoText) {
			t.Errorf("Published(draft) = %v, want %v", err, ErrNoText)
		}
		if err := s.Publish(ctx, system, Privacy, 3); !errors.Is(err, ErrNoDraft) {
			t.Errorf("Publish(another number) = %v, want %v", err, ErrNoDraft)
		}
		must(s.Publish(ctx, system, Privacy, 2))
		clock.Add(48 * time.Hour)
		must(s.SaveDraft(ctx, system, Text{Kind: Privacy, Italian: "tre"}))
		must(s.Publish(ctx, system, Privacy, 3))
		must(s.SaveDraft(ctx, system, Text{Kind: Privacy, Italian: "quattro"}))
		old, err := s.Published(ctx, Privacy, 2)
		if want := (Text{Kind: Privacy, Number: 2, Italian: "due", English: "two", PublishedOn: calendar.DayOf(tuesday)}); err != nil || old != want {
			t.Errorf("Published(2) = %+v, %v, want %+v", old, err, want)
		}
		now, err := s.Current(ctx)
		if err != nil || now.Published[Privacy] != 3 || now.Setting.NoticeVersion != "3" || now.Published[Legal] != 0 {
			t.Errorf("Current = %v %s, %v, want 3 in force", now.Published, now.Setting.NoticeVersion, err)
		}
		if versions, err := s.PublishedVersions(ctx, Privacy); err != nil || len(versions) != 2 || versions[0].Number != 3 {
			t.Errorf("PublishedVersions = %+v, %v, want 3 and 2", versions, err)
		}
		must(s.Discard(ctx, system, Privacy))
		if err := s.Discard(ctx, system, Privacy); !errors.Is(err, ErrNoDraft) {
			t.Errorf("Discard(nothing) = %v, want %v", err, ErrNoDraft)
		}
		if _, err := s.Versions(ctx, identity.Actor{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("Versions for nobody = %v, want forbidden", err)
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), ready(t, db)
		for _, class := range Classes() {
			span := SpanOf(class)
			if span.Min <= 0 || span.Usual < span.Min || span.Usual > span.Max {
				t.Errorf("SpanOf(%s) = %+v", class, span)
			}
			for _, n := range []int{span.Min - 1, span.Max + 1} {
				if err := s.SetRetention(ctx, system, map[Class]int{class: n}); errs.Of(err) != errs.Invalid {
					t.Errorf("SetRetention(%s, %d) = %v, want invalid", class, n, err)
				}
			}
		}
		if err := s.SetRetention(ctx, system, map[Class]int{Contacts: 10}); err != nil {
			t.Fatal(err)
		}
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			for class, want := range map[Class]int{Contacts: 10, Names: SpanOf(Names).Usual} {
				if got, err := s.KeepDays(ctx, tx, class); err != nil || got != want {
					t.Errorf("KeepDays(%s) = %d, %v, want %d", class, got, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestParseText(t *testing.T) {
	t.Parallel()
	got, err := ParseText("# Titolo\nUna riga\ncontinua [qui](/privacy) e basta.\n\n- uno\n- due\nDopo\n\n#non titolo <b>")
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{
		{Heading: true, Line: []Words{{Text: "Titolo"}}},
		{Line: []Words{{Text: "Una riga"}, {Text: " "}, {Text: "continua "}, {Text: "qui", Href: "/privacy"}, {Text: " e basta."}}},
		{Items: [][]Words{{{Text: "uno"}}, {{Text: "due"}}}},
		{Line: []Words{{Text: "Dopo"}}},
		{Line: []Words{{Text: "#non titolo <b>"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParseText (-want +got):\n%s", diff)
	}
	for href, ok := range map[string]bool{
		"https://example.it/a?b=c": true, "/privacy": true, "mailto:a@b.example": true, "tel:800": true,
		"http://example.it": false, "javascript:alert(1)": false, "JaVaScript:alert(1)": false, "//altro.example": false, `/\altro.example`: false,
		"data:text/html,x": false, "https://": false, "https://utente:parola@example.it": false, "pagina": false,
	} {
		if _, err := ParseText("[qui](" + href + ")"); (err == nil) != ok {
			t.Errorf("ParseText(link to %s) = %v, want ok %v", href, err, ok)
		}
	}
}

// Whatever is typed, only safe links come out, and no words are lost.
func TestParseTextKeepsWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab #-[]()/:\n<>"))).Draw(t, "text")
		blocks, err := ParseText(text)
		if err != nil {
			return
		}
		letters := 0
		for _, b := range blocks {
			for _, line := range append(b.Items, b.Line) {
				for _, w := range line {
					letters += strings.Count(w.Text, "a") + strings.Count(w.Href, "a")
					if w.Href != "" && !safeLink(w.Href) {
						t.Fatalf("ParseText(%q) leads to %q", text, w.Href)
					}
				}
			}
		}
		if want := strings.Count(text, "a"); letters != want {
			t.Fatalf("ParseText(%q) kept %d of %d letters", text, letters, want)
		}
	})
}

func TestPictures(t *testing.T) {
	t.Parallel()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx, s := context.Background(), ready(t, db)
		stop := errors.New("stop")
		err := s.AddPicture(ctx, system, Logo, PictureStore{Store: func(context.Context, *sqldb.Tx) (string, error) { return "", stop }})
		if !errors.Is(err, stop) {
			t.Errorf("AddPicture(broken store) = %v, want %v", err, stop)
		}
		if err := s.RemovePicture(ctx, system, "nessuna", PictureStore{}); !errors.Is(err, ErrNoPicture) {
			t.Errorf("RemovePicture(none) = %v, want %v", err, ErrNoPicture)
		}
		if err := s.AddPicture(ctx, identity.Actor{}, Logo, PictureStore{}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("AddPicture by nobody = %v, want forbidden", err)
		}
	})
}
