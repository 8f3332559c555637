package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/identity"
	"capillare/internal/testkit"
)

// One subscriber of IPv6 has more addresses than there are times: they count as one client.
func TestHoldsOfOneSubscriberAreCountedTogether(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	w := newWorld(t)
	points, err := w.Points.All(t.Context(), identity.System("test"), identity.SeePoints)
	if err != nil {
		t.Fatal(err)
	}
	tries, held, refused, taken := 0, 0, 0, 0
	for _, point := range points {
		times, err := w.Agenda.Times(t.Context(), point.ID, "individual", tuesday, tuesday.AddDays(7))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range times[:min(2, len(times))] {
			tries++
			form := url.Values{"quando": {at.StartsAt.Format(time.RFC3339) + "|individual|" + at.AddressID}}
			r := httptest.NewRequest(http.MethodPost, "/prenota/"+point.Code, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = fmt.Sprintf("[2001:db8:1:2::%x]:1", tries)
			answer := httptest.NewRecorder()
			w.site.ServeHTTP(answer, r)
			switch answer.Code {
			case http.StatusSeeOther:
				held++
			case http.StatusTooManyRequests:
				refused++
			case http.StatusConflict:
				taken++ // the same person's, in a time of another kind
			}
		}
	}
	if held != 12 || refused < 8 || held+refused+taken != tries {
		t.Errorf("on %s %d were held, %d refused and %d taken of %d, want all refused after the twelfth", calendar.DayOf(w.DB.Now()), held, refused, taken, tries)
	}
}
