package ui_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"capillare/internal/errs"
	"capillare/internal/web/ui"
)

// clock is the instant of every page of these tests: a Tuesday morning.
func clock() time.Time { return time.Date(2026, 11, 24, 9, 12, 0, 0, time.UTC) }

func frame(r *http.Request, p *ui.Page) {
	p.Network = ui.Network{
		Name: "Digitale Facile", Tagline: "La rete dei punti che ti aiutano con il digitale", Region: "Regione Basilicata",
		Phone: "800 29 20 20", PhoneHours: "lun–ven 8–18", Email: "aiuto@example.org", Demo: true,
	}
	p.Menu = []ui.MenuItem{
		{ID: "points", Label: "Trova un punto", Href: "/punti"}, {ID: "help", Label: "Cosa puoi fare", Href: "/servizi"},
		{ID: "visit", Label: "Chiedi che veniamo noi", Href: "/visite"},
	}
	if r.Header.Get("Staff") != "" || r.URL.Query().Has("staff") {
		p.User = &ui.UserBadge{
			Name: "Giulia Bianchi", Role: "Facilitatrice, Aliano", Account: []ui.Link{{Label: "Il mio profilo", Href: "/profilo"}},
			Menu: []ui.MenuItem{
				{ID: "today", Label: "Oggi", Href: "/oggi", Icon: ui.IconName("it-calendar")},
				{ID: "record", Label: "Registra", Href: "/registra", Icon: ui.IconName("it-plus-circle")},
				{ID: "week", Label: "Settimana", Href: "/settimana", Icon: ui.IconName("it-list")},
				{ID: "numbers", Label: "Numeri", Href: "/numeri", Icon: ui.IconName("it-chart-line")},
			},
		}
	}
}

// join renders one component after another.
func join(parts ...templ.Component) templ.Component { return templ.Join(parts...) }

// in renders parts as the children of parent.
func in(parent templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, join(parts...)), w)
	})
}

func raw(s string) templ.Component { return templ.Raw(s) }

// samples are pages that together hold every component.
func samples() []ui.Route {
	page := func(pattern string, content func(r *http.Request, p *ui.Page) templ.Component) ui.Route {
		return ui.Route{Pattern: "GET " + pattern, Access: ui.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
			p := ui.NewPage(r, "Trova un punto")
			c := content(r, &p)
			layout := ui.Layout(p)
			if p.User != nil {
				layout = ui.StaffLayout(p)
			}
			return ui.Render(w, r, http.StatusOK, in(layout, c))
		}}
	}
	return []ui.Route{
		page("/sample/search", searchSample), page("/sample/agenda", agendaSample),
		page("/sample/form", formSample), page("/sample/figures", figuresSample),
	}
}

func searchSample(_ *http.Request, p *ui.Page) templ.Component {
	p.Inline, p.Wide, p.Section, p.Description = true, true, "points", "Trova il punto più vicino."
	p.Breadcrumb = []ui.Link{{Label: "Home", Href: "/"}}
	m := ui.Map{
		Title: "Punti vicino a Potenza", Attribution: "Comuni: ISTAT, CC BY 4.0", Here: &ui.Town{Name: "Potenza", Lat: 40.64, Lon: 15.80},
		Towns: []ui.Town{{Name: "Matera", Lat: 40.66, Lon: 16.60}, {Name: "Melfi", Lat: 40.99, Lon: 15.65}},
		Dots: []ui.Dot{
			{Number: 1, Label: "1. Potenza Centro", Href: "/punti/a", Lat: 40.641, Lon: 15.805},
			{Number: 2, Label: "2. Biblioteca Stigliani", Href: "/punti/b", Lat: 40.666, Lon: 16.604},
			{Number: 3, Label: "3. Aliano", Href: "/punti/c", Lat: 40.31, Lon: 16.23, Itinerant: true},
			{Label: "Lauria", Href: "/punti/d", Lat: 40.05, Lon: 15.83}, {Label: "Altro", Href: "/punti/e", Lat: 40.2, Lon: 15.9, Itinerant: true},
		},
	}
	return join(raw("<h1>Trova un punto e prenota</h1><p class=\"lead\">Un facilitatore ti aiuta con SPID, sanità, INPS e gli altri servizi online. È gratis.</p>"),
		ui.PhoneLine(p.Network),
		raw(`<form class="cap-search" method="get">`),
		ui.TextField(ui.Field{Name: "dove", Label: "Comune o CAP", Value: "Potenza", Suggest: []string{"Potenza", "Matera"}}.Must()),
		ui.SelectField(ui.Field{Name: "cosa", Label: "Per cosa ti serve aiuto?", Required: true}, ui.Options("", "Qualsiasi cosa", "spid", "SPID e CIE")),
		raw(`<button class="btn btn-primary">Cerca</button>`),
		ui.CheckGroup(ui.Field{Name: "filtri", Label: "Solo i punti", Required: true}, ui.Options("barriere", "Senza barriere", "ora", "Aperti adesso"), []string{"ora"}),
		raw(`</form><h2>3 punti vicino a Potenza</h2><div class="cap-split"><div>`), in(ui.Rows(),
			row(1, false, "Punto di Potenza Centro", "Via Nazario Sauro 1 · 0,4 km · oggi 9–13", "oggi alle 11:30"),
			row(2, false, "Biblioteca Stigliani", "Piazza Vittorio Veneto 7, Matera · 67 km · oggi 9–13", "domani alle 9:00"),
			row(3, true, "Aliano, sala consiliare", "Via Stella 1 · 62 km · martedì 10–12", "martedì 1 dicembre alle 10:00")),
		ui.Pagination(ui.Pages{Current: 2, Total: 3, Href: func(int) string { return "/sample/search" }}),
		in(ui.Alert(ui.Info, "Non puoi muoverti?"), raw("<p>Un facilitatore può venire da te. <a href=\"/visite\">Chiedi che veniamo noi</a></p>")),
		raw(`</div><div>`), ui.DotMap(m), raw(`</div></div>`))
}

func row(n int, itinerant bool, name, detail, when string) templ.Component {
	return in(ui.ResultRow(ui.Result{Number: n, Itinerant: itinerant, Title: name, Href: "/punti/x", Details: []string{detail}, When: "Primo posto libero: " + when}),
		raw(`<a class="btn btn-primary" href="/prenota">Prenota</a>`))
}

func agendaSample(_ *http.Request, p *ui.Page) templ.Component {
	p.Section, p.Wide = "today", true
	return join(raw("<p>Punto di Aliano, sala consiliare</p><h1>Martedì 24 novembre</h1>"), ui.PrintHeader(*p, "Agenda", "24/11/2026"),
		ui.Tiles([]ui.Tile{{Value: "2", Label: "registrati"}, {Value: "4", Label: "in agenda", Href: "/x"}, {Value: "1", Label: "posto libero", Hint: "alle 12:00"}}),
		in(ui.Agenda("Appuntamenti"),
			in(ui.AgendaRow(ui.TimeRow{Time: "09:00", Length: "30 min", Title: "Anna R.", Past: true, Detail: "SPID: primo rilascio", Badges: []ui.BadgeText{{Tone: ui.Success, Text: "Registrato"}}}),
				ui.PostButton("/annulla", "Annulla", "btn-outline-primary", "id", "1")),
			in(ui.AgendaRow(ui.TimeRow{Time: "10:00", Length: "60 min", Title: "Gruppo: 8 iscritti", Href: "/gruppo", Now: true, Detail: "Riconoscere le truffe online", Badges: []ui.BadgeText{{Tone: ui.Info, Text: "In corso"}}}),
				raw(`<a class="btn btn-primary" href="/registra">Registra</a>`), ui.PostButton("/assente", "Segna i presenti", "btn-outline-primary")),
			in(ui.AgendaRow(ui.TimeRow{Time: "11:30", Length: "30 min", Title: "Maria L.", Detail: "INPS: cedolino della pensione", Note: "Usa l'apparecchio acustico"}),
				raw(`<a class="btn btn-primary" href="/registra">Registra</a>`), ui.PostButton("/assente", "Non è venuta", "btn-outline-primary")),
			in(ui.AgendaRow(ui.TimeRow{Time: "12:00", Length: "30 min", Title: "Posto libero", Free: true}), raw(`<a class="btn btn-outline-primary" href="/nuovo">Aggiungi una persona</a>`))),
		ui.EmptyState("Nessun appuntamento domani", "Quando qualcuno prenota, lo vedi qui.", &ui.Link{Label: "Apri la settimana", Href: "/settimana"}))
}

func formSample(r *http.Request, p *ui.Page) templ.Component {
	form := ui.NewForm(r, map[string][]string{"nome": {"Anna"}, "giorno": {"31/02"}, "quando": {"10:00"}, "privacy": {""}})
	form.Problems.Add("giorno", "form.day")
	form.Problems.Add("quando", "form.choice")
	form.Problems.Add("privacy", "form.required")
	form.Problems.Add("", "form.too_long", errs.Args{"n": 1200})
	p.Breadcrumb = []ui.Link{{Label: "Home", Href: "/"}}
	return join(ui.Stepper(3, []ui.Link{{Label: "Luogo", Href: "/1"}, {Label: "Data e orario", Href: "/2"}, {Label: "Dettagli"}, {Label: "Richiedente"}, {Label: "Riepilogo"}}),
		raw(`<h1>Chi viene all'appuntamento?</h1>`), in(ui.PostForm(form, "/sample/form"), ui.Hidden("passo", "3"),
			ui.TextField(form.Field("nome", "Nome").Must().Opt(func(f *ui.Field) { f.Autocomplete = "given-name"; f.Width = "medium"; f.MaxLength = 80 })),
			ui.TextField(form.Field("giorno", "Data di nascita").Must().Hinted("Per esempio 24/11/1950").Opt(func(f *ui.Field) { f.InputMode = "numeric"; f.Width = "short" })),
			ui.RadioGroup(form.Field("quando", "A che ora?").Must().Hinted("Scegli un orario libero"), []ui.Option{{Value: "09:00", Label: "09:00"}, {Value: "10:00", Label: "10:00", Hint: "con Giulia"}, {Value: "11:00", Label: "11:00", Disabled: true}}),
			ui.SelectField(form.Field("tema", "Di cosa hai bisogno?"), ui.Options("", "Scegli", "spid", "SPID")),
			ui.TextArea(form.Field("note", "Cosa dobbiamo sapere?"), 3), ui.Check(form.Field("privacy", "Ho letto l'informativa")),
			ui.SubmitBar("Continua", ui.Link{Label: "Indietro", Href: "/2"})),
		ui.SummaryList([]ui.SummaryItem{{Term: "Luogo", Value: "Potenza Centro", Lines: []string{"Via Nazario Sauro 1"}, Href: "/1"}, {Term: "Quando", Value: "martedì 24 novembre, 11:30"}}))
}

func figuresSample(_ *http.Request, p *ui.Page) templ.Component {
	p.Wide = true
	tones := []templ.Component{raw("<h1>I punti della rete</h1>")}
	for _, tone := range []ui.Tone{ui.Info, ui.Success, ui.Warning, ui.Danger, ui.Neutral} {
		tones = append(tones, in(ui.Alert(tone, "Titolo"), raw("<p>Testo.</p>")), ui.Badge(tone, "stato"))
	}
	columns := append(ui.Columns("Punto", "Ente"), ui.Column{Label: "Persone", Numeric: true, SortHref: "/sample/figures?s=1", Sorted: "descending"})
	return join(join(tones...), ui.ProgressBar("Persone aiutate", 12345, 40000), ui.ProgressBar("Servizi", 20, 10), ui.ProgressBar("Senza obiettivo", 7, 0),
		in(ui.Table(ui.TableHead{Caption: "Punti", Columns: columns}), raw(`<tr><th scope="row"><a href="/p">Potenza Centro</a></th><td>Comune di Potenza</td><td class="num">1.234</td></tr>`)),
		in(ui.Table(ui.TableHead{Caption: "Altri punti", HideCaption: true, Columns: ui.Columns("Punto", "Ente")}), raw(`<tr><th scope="row">Lauria</th><td>Comune di Lauria</td></tr>`)))
}

// site is the samples behind the whole server.
func site(t *testing.T, s ui.Server, routes ...ui.Route) http.Handler {
	t.Helper()
	s.Now = clock
	if s.Frame == nil {
		s.Frame = frame
	}
	h, err := s.Handler(append(samples(), routes...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// visit answers one GET with the headers given as name, value...
func visit(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
