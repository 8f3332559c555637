package app

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/facilitators"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
	"capillare/internal/territory"
	"capillare/internal/web/session"
)

// contest is a network of few points behind the true pages, for whoever wants the same time as others.
type contest struct {
	*App
	tb    testing.TB
	clock *sqldbtest.Clock
	url   string
	http  *http.Client
	// token is the session of an operator; body employs everybody.
	token, body string
	visitors    atomic.Int64
	// watch knows when requests with a mark were answered, whether or not somebody was still there to read.
	watch watch
}

// A Monday without holidays for eight weeks.
var contestDay = calendar.NewDay(2027, time.January, 11)

func newContest(tb testing.TB, engine sqldb.Engine) *contest {
	tb.Helper()
	address, _ := sqldbtest.Database(tb, engine)
	early, err := contestDay.At(7 * 60)
	if err != nil {
		tb.Fatal(err)
	}
	c := &contest{tb: tb, clock: sqldbtest.NewClock(early)}
	c.App, err = Open(tb.Context(), Options{
		Store: config.Store{Data: tb.TempDir(), Database: config.Secret(address)}, Log: slog.New(slog.DiscardHandler), Now: c.clock.Now,
	})
	c.must(err)
	tb.Cleanup(func() { _ = c.App.Close() })
	c.people()
	// Behind a proxy each visitor has an address of its own, as limits are by address.
	site, err := c.site(config.Web{Proxy: true})
	c.must(err)
	c.serve(site)
	return c
}

// markHeader carries the mark of a request.
const markHeader = "X-Contest-Mark"

// serve listens, and makes the client of all visitors.
func (c *contest) serve(site http.Handler) {
	server := httptest.NewServer(c.watch.over(site))
	c.tb.Cleanup(server.Close)
	c.url = server.URL
	c.http = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tb.Cleanup(c.http.CloseIdleConnections)
}

func (c *contest) must(err error) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatal(err)
	}
}

// people sets the network up, with one municipality, one body and one operator.
func (c *contest) people() {
	c.tb.Helper()
	ctx, system := c.tb.Context(), identity.System("test")
	_, err := c.Territory.LoadRows(ctx, []territory.SeedRow{{
		Belfiore: "A187", ISTAT: "077001", Name: "Aliano", ProvinceCode: "077", ProvinceName: "Matera", Sigla: "MT",
		RegionCode: "17", RegionName: "Basilicata", Population: 1100, Located: true, Lat: 40.31, Lon: 16.23, CAPs: []string{"75010"},
	}})
	c.must(err)
	c.must(c.Network.SetUp(ctx, system, network.Setting{Name: "Digitale Facile Basilicata", RegionCode: "17", Phone: "800 29 20 20",
		Email: "aiuto@example.it", NoticeVersion: "2026-07", HorizonDays: 60}))
	c.body, err = c.Orgs.Add(ctx, system, orgs.Body{Name: "Comune di Aliano", Kind: "municipality", Belfiore: "A187"})
	c.must(err)
	const password = "un segreto per gare"
	account, err := c.Identity.CreateAccount(ctx, system, identity.NewAccount{Email: "voce@example.it", Name: "Voce Amica", Password: password})
	c.must(err)
	_, err = c.Identity.Grant(ctx, system, identity.Holding{AccountID: account, Role: identity.Operator, Scope: identity.ScopeNetwork})
	c.must(err)
	c.token, err = c.Identity.SignIn(ctx, "voce@example.it", password, "127.0.0.1")
	c.must(err)
}

// place adds a point with one person on duty every Monday, in half hours: seats is more than 1 for groups.
func (c *contest) place(seats int) points.Point { return c.placeUntil(seats, 17*60) }

// placeUntil is place with a shift from nine to an hour of choice.
func (c *contest) placeUntil(seats int, ends calendar.Minute) points.Point {
	c.tb.Helper()
	ctx, system, since := c.tb.Context(), identity.System("test"), calendar.NewDay(2026, time.July, 1)
	bands, err := calendar.ParseBands("lun-ven 8-18")
	c.must(err)
	n := c.visitors.Add(1)
	id, err := c.Points.Add(ctx, system, points.Point{
		OfficialName: fmt.Sprintf("Punto %d", n), Kind: points.Fixed, ManagingBodyID: c.body, State: points.StateOpen, OpenedOn: since, Booking: points.BookingPossible,
		Addresses: []points.Address{{Street: "Via Roma 1", CAP: "75010", Belfiore: "A187", At: geo.Point{Lat: 40.31, Lon: 16.23}, HasAt: true,
			Schedules: []points.Schedule{{Bands: bands}}}},
	})
	c.must(err)
	p, err := c.Points.ByID(ctx, system, id)
	c.must(err)
	person, err := c.Facilitators.Add(ctx, system, facilitators.Facilitator{BodyID: c.body, Name: "Anna", Surname: fmt.Sprintf("Prova %d", n), From: since}, "")
	c.must(err)
	c.must(c.Facilitators.Serve(ctx, system, person, id, since, calendar.Day{}))
	duty := facilitators.Duty{FacilitatorID: person, PointID: id, AddressID: p.Addresses[0].ID, Weekday: calendar.Monday, Starts: 9 * 60, Ends: ends, From: since}
	if seats > 1 {
		duty.Kind, duty.Seats = agenda.Group, seats
	}
	_, err = c.Facilitators.AddDuty(ctx, system, duty)
	c.must(err)
	return p
}

// startOf reads the instant in the value of a time.
func (c *contest) startOf(when string) time.Time {
	c.tb.Helper()
	at, _, _ := strings.Cut(when, "|")
	starts, err := time.Parse(time.RFC3339, at)
	c.must(err)
	return starts
}

// spoken is the value of a time on the pages of operators.
func (c *contest) spoken(when string) string {
	c.tb.Helper()
	return fmt.Sprintf("%d %s", c.startOf(when).Unix(), strings.Split(when, "|")[2])
}

// taken counts the seats of a point that are held or given at a time.
func (c *contest) taken(p points.Point, when string) int {
	c.tb.Helper()
	starts := c.startOf(when)
	entries, err := c.Agenda.PointDay(c.tb.Context(), identity.System("test"), p.ID, calendar.DayOf(starts))
	c.must(err)
	n := 0
	for _, e := range entries {
		if e.Slot.StartsAt.Equal(starts) {
			n += len(e.Bookings)
		}
	}
	return n
}

// visitor is somebody with a browser.
type visitor struct {
	*contest
	address string
	// phone is the visitor's own: two appointments of one person are another matter.
	phone string
	staff bool
	// cut, when it is not zero, is when the visitor hangs up; mark names the request to who looks on.
	cut  time.Duration
	mark string
}

// visitor is a new one, from an address of its own.
func (c *contest) visitor() visitor {
	n := c.visitors.Add(1)
	return visitor{contest: c, address: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255), phone: fmt.Sprintf("0971 %07d", n)}
}

// operator is a visitor who is signed in.
func (c *contest) operator() visitor {
	v := c.visitor()
	v.staff = true
	return v
}

// page is an answer.
type page struct {
	status         int
	location, body string
}

func (v visitor) send(method, path string, form url.Values) page {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	ctx := v.tb.Context()
	if v.cut > 0 {
		var hangUp context.CancelFunc
		ctx, hangUp = context.WithTimeout(ctx, v.cut)
		defer hangUp()
	}
	r, err := http.NewRequestWithContext(ctx, method, v.url+path, body)
	if err != nil {
		return page{body: err.Error()}
	}
	r.Header.Set("X-Forwarded-For", v.address)
	r.Header.Set(markHeader, v.mark)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.staff {
		w := httptest.NewRecorder()
		session.Door{}.Open(w, v.token)
		r.AddCookie(w.Result().Cookies()[0])
	}
	answer, err := v.http.Do(r)
	if err != nil {
		return page{body: err.Error()}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return page{body: err.Error()}
	}
	return page{status: answer.StatusCode, location: answer.Header.Get("Location"), body: string(text)}
}

func (v visitor) get(path string) page { return v.send(http.MethodGet, path, nil) }

func (v visitor) post(path string, form url.Values) page { return v.send(http.MethodPost, path, form) }

// step is the path of a redirect to a later step, or an appointment; empty for any other answer.
func (p page) step() string {
	if p.status != http.StatusSeeOther {
		return ""
	}
	return p.location
}

var choicePattern = regexp.MustCompile(`name="quando" value="([^"]+)"`)

// times are the values of the times offered in the week of day.
func (v visitor) times(p points.Point, day calendar.Day) []string {
	v.tb.Helper()
	answer := v.get("/prenota/" + p.Code + "?dal=" + day.String())
	var values []string
	for _, m := range choicePattern.FindAllStringSubmatch(answer.body, -1) {
		values = append(values, html.UnescapeString(m[1]))
	}
	if len(values) == 0 {
		v.tb.Fatalf("no times at %s from %s: status %d", p.Code, day, answer.status)
	}
	return values
}

// hold asks to keep a time.
func (v visitor) hold(p points.Point, when, nonce string) page {
	return v.post("/prenota/"+p.Code, url.Values{"quando": {when}, "tema": {"D"}, "nonce": {nonce}})
}

// finish goes from a hold to the receipt and returns the last answer.
func (v visitor) finish(held page, nonce string) page {
	base, ok := draftOf(held)
	if !ok {
		return held
	}
	v.fill(base)
	return v.confirm(base, nonce)
}

func (v visitor) fill(base string) page {
	return v.post(base+"/richiedente", url.Values{"name": {"Rosa Prova"}, "phone": {v.phone}})
}

func (v visitor) confirm(base, nonce string) page {
	return v.post(base+"/riepilogo", url.Values{"nonce": {nonce}})
}

// draftOf returns the address of a draft that a time was held for.
func draftOf(p page) (base string, ok bool) {
	base, step := p.step(), ""
	if i := strings.LastIndexByte(base, '/'); i > 0 {
		base, step = base[:i], base[i:]
	}
	return base, step != "" && strings.HasPrefix(base, "/prenotazione/b/")
}

// booked reports whether an answer leads to the receipt of a booking.
func booked(p page) bool {
	return strings.HasPrefix(p.step(), "/prenotazione/") && strings.Count(p.location, "/") == 3 || strings.HasPrefix(p.step(), "/centro/prenotazioni/")
}

// bookFor books for a person on the phone.
func (v visitor) bookFor(p points.Point, when, key string) page {
	return v.post("/centro/prenota", url.Values{
		"punto": {p.ID}, "tipo": {strings.Split(when, "|")[1]}, "orario": {v.spoken(when)}, "key": {key},
		"name": {"Rosa Prova"}, "phone": {v.phone}, "notice": {"1"},
	})
}

// race lets n visitors go at once and returns their answers.
func race(n int, fn func(i int) page) []page {
	answers := make([]page, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			answers[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return answers
}
