package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"capillare/internal/agenda"
	"capillare/internal/errs"
	"capillare/internal/feeds"
	"capillare/internal/i18n"
	"capillare/internal/ics"
	"capillare/internal/points"
	"capillare/internal/web/ui"
)

// refresh is how often a calendar program should look again.
const refresh = 15 * time.Minute

// calendar answers a calendar program. The same calendar as before is a 304 without a body.
func (d Deps) calendar(w http.ResponseWriter, r *http.Request) error {
	token, err := tokenOf(r)
	if err != nil {
		return err
	}
	var f feeds.Feed
	var list []agenda.Booking
	err = d.guarded(r, func() (err error) {
		f, list, err = d.Feeds.Read(r.Context(), token)
		return err
	})
	if err != nil {
		return err
	}
	places, err := d.placesOf(r, f, list)
	if err != nil {
		return err
	}
	h := w.Header()
	tag := tagOf(f, list, places)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	p := i18n.Default().Printer(i18n.Italian)
	file := ics.Calendar{Name: d.nameOf(r, p, f, places), Refresh: refresh}
	for _, b := range list {
		file.Events = append(file.Events, eventOf(p, f, b, places[b.PointID]))
	}
	h.Set("Content-Type", ics.MIME)
	h.Set("Content-Disposition", `inline; filename="agenda.ics"`)
	_, err = w.Write(file.Bytes())
	return err
}

func (d Deps) placesOf(r *http.Request, f feeds.Feed, list []agenda.Booking) (map[string]points.Point, error) {
	ids := []string{}
	if f.PointID != "" {
		ids = append(ids, f.PointID)
	}
	for _, b := range list {
		ids = append(ids, b.PointID)
	}
	return d.Points.ByIDs(r.Context(), ids)
}

// tagOf changes when anything of a calendar does, and with nothing else: not with the hour of reading.
func tagOf(f feeds.Feed, list []agenda.Booking, places map[string]points.Point) string {
	sum := sha256.New()
	fmt.Fprintln(sum, f.ID, f.Initials)
	for _, b := range list {
		fmt.Fprintln(sum, b.ID, b.Version, b.State, b.StartsAt.Unix(), b.EndsAt.Unix(), places[b.PointID].PublicName)
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`
}

// eventOf is an appointment as others may see it: a time that is taken, and with a choice two initials.
func eventOf(p i18n.Printer, f feeds.Feed, b agenda.Booking, at points.Point) ics.Event {
	summary := p.T("feeds.event." + b.Kind)
	if f.Initials {
		if letters := initials(b.Contact); letters != "" {
			summary += " " + letters
		}
	}
	place := at.PublicName
	if a, ok := at.Address(b.AddressID); ok && a.Street != "" {
		place += ", " + a.Street
	}
	return ics.Event{ID: b.ID, Sequence: b.Version, StartsAt: b.StartsAt, EndsAt: b.EndsAt, Stamp: b.CreatedAt, Summary: summary, Place: place}
}

// initials are those of who comes: "A. R.".
func initials(c agenda.Contact) string {
	name := c.Name
	if c.OnBehalf != "" {
		name = c.OnBehalf
	}
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var out []string
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		out = append(out, strings.ToUpper(string(first))+".")
	}
	return strings.Join(out, " ")
}

// nameOf is what a calendar program calls the calendar. It names a point, never a person.
func (d Deps) nameOf(r *http.Request, p i18n.Printer, f feeds.Feed, places map[string]points.Point) string {
	if f.PointID != "" {
		return p.T("feeds.calendar_of", errs.Args{"name": places[f.PointID].PublicName})
	}
	return p.T("feeds.calendar_of", errs.Args{"name": ui.NewPage(r, "").Network.Name})
}
