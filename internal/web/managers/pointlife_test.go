package managers_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/registertest"
	"capillare/internal/web/session"
)

// send posts a form with a file, as a browser does.
func (w *world) send(t *testing.T, who identity.Actor, path string, form url.Values, field, name string, content []byte) page {
	t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			if err := parts.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	part, err := parts.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r = r.WithContext(session.With(r.Context(), session.Current{Actor: who, Session: identity.Session{AccountID: who.AccountID}}))
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page{status: rec.Code, header: rec.Header(), body: rec.Body.String(), text: textOf(root), root: root}
}

func drawing(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var actPDF = []byte("%PDF-1.4\nstartxref\n0\n%%EOF")

// A point is added, set up and opened through the pages, with acts and photographs.
func TestLifeOfAPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.Points.Add(t.Context(), registertest.System(), points.Point{OfficialName: "Punto nuovo", Kind: points.Fixed, ManagingBodyID: w.BodyIDs[0],
		ProjectID: w.ProjectIDs[0], AwardedOn: registertest.Today().AddDays(-100), Addresses: []points.Address{{Belfiore: "G942", Street: "Via Nuova 1"}}})
	if err != nil {
		t.Fatal(err)
	}
	who, path := w.bodies[0], "/gestione/punti/"+id
	w.get(t, who, path).want(t, http.StatusOK, "Assegnato", "Mancano 4 cose prima di aprire", "Il punto non apre in nessun giorno")
	wrong := w.send(t, who, path+"/stato", url.Values{"state": {"setting_up"}, "on": {"24/11/2026"}, "act": {"determina 12"}}, "act_file", "atto.pdf", drawing(t))
	wrong.want(t, http.StatusUnprocessableEntity, "Puoi mandare: PDF")
	if wrong.fields(path+"/stato").Get("act") != "determina 12" {
		t.Error("the number of the act is lost")
	}
	form := url.Values{"state": {"setting_up"}, "on": {"24/11/2026"}, "act": {"determina 12"}, "act_on": {"20/11/2026"}}
	w.send(t, who, path+"/stato", form, "act_file", "atto.pdf", actPDF).want(t, http.StatusSeeOther)
	page := w.get(t, who, path)
	page.want(t, http.StatusOK, "In allestimento", "determina 12, del 20/11/2026", "Apri il PDF", "Stato : Assegnato → In allestimento")
	file := hrefOf(page, "/file/")
	act := w.get(t, who, file)
	if act.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(act.header.Get("Content-Disposition"), "attachment") ||
		!strings.Contains(act.header.Get("Content-Security-Policy"), "sandbox") || act.header.Get("X-Content-Type-Options") != "nosniff" || act.body != string(actPDF) {
		t.Errorf("the act is sent with %v", act.header)
	}
	w.get(t, w.bodies[1], file).want(t, http.StatusNotFound)
	w.get(t, who, strings.Replace(file, id, w.PointIDs[0], 1)).want(t, http.StatusNotFound)

	one, err := w.Points.ByID(t.Context(), registertest.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	hours := path + "/orari/" + one.Addresses[0].ID
	week := w.get(t, who, hours).fields(hours)
	week.Set("hours.1", "9-13")
	week.Set("do", "save")
	w.post(t, who, hours, week).want(t, http.StatusSeeOther)
	open := url.Values{"state": {"open"}, "on": {"24/11/2026"}}
	w.post(t, who, path+"/stato", open).want(t, http.StatusUnprocessableEntity, "Mancano 4 cose della lista", "Perché apri anche se manca qualcosa")
	tasks := url.Values{"day.room": {"20/11/2026"}, "note.room": {"imbiancata"}, "day.line": {"24/11/2026"}, "day.posters": {"25/11/2026"}}
	refused := w.post(t, who, path+"/allestimento", tasks)
	refused.want(t, http.StatusUnprocessableEntity)
	if got := refused.wrong("day.posters"); !strings.Contains(got, "deve ancora venire") {
		t.Errorf("a day to come: beside the posters %q", got)
	}
	tasks.Set("day.posters", "24/11/2026")
	w.post(t, who, path+"/allestimento", tasks).want(t, http.StatusSeeOther)
	w.get(t, who, path+"/stato").want(t, http.StatusOK, "Manca 1 cosa prima di aprire", "I facilitatori sono stati scelti")
	open.Set("why", "i facilitatori arrivano domani")
	w.post(t, who, path+"/stato", open).want(t, http.StatusSeeOther)
	w.get(t, who, path).want(t, http.StatusOK, "Aperto", "i facilitatori arrivano domani", "Sala")
}

// hrefOf returns the first link of a page that has part in it.
func hrefOf(p page, part string) string {
	for n := range p.root.Descendants() {
		if href, _ := attr(n, "href"); strings.Contains(href, part) {
			return href
		}
		if src, _ := attr(n, "src"); strings.Contains(src, part) {
			return src
		}
	}
	return ""
}

func TestPhotographs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, who := "/gestione/punti/"+w.PointIDs[0]+"/foto", w.bodies[0]
	none := w.post(t, who, path, url.Values{"moment": {"after"}, "alt": {"La sala"}})
	none.want(t, http.StatusUnprocessableEntity, "Scegli la foto da aggiungere")
	if none.fields(path).Get("alt") != "La sala" {
		t.Error("the description is lost")
	}
	w.send(t, who, path, url.Values{"moment": {"after"}, "alt": {"La sala"}}, "file", "sala.jpg", []byte("<html>")).
		want(t, http.StatusUnprocessableEntity, "Puoi mandare: JPEG, PNG, WebP")
	w.send(t, who, path, url.Values{"moment": {"after"}}, "file", "sala.jpg", drawing(t)).want(t, http.StatusUnprocessableEntity, "Descrivi la foto")
	w.send(t, w.bodies[1], path, url.Values{"moment": {"after"}, "alt": {"x"}}, "file", "sala.jpg", drawing(t)).want(t, http.StatusNotFound)
	w.send(t, who, path, url.Values{"moment": {"after"}, "alt": {"La sala con i tavoli"}}, "file", "sala.jpg", drawing(t)).want(t, http.StatusSeeOther)
	page := w.get(t, who, path)
	page.want(t, http.StatusOK, "Dopo i lavori: La sala con i tavoli")
	src := hrefOf(page, "/file/")
	photo := w.get(t, who, src)
	if photo.header.Get("Content-Type") != "image/jpeg" || photo.header.Get("ETag") == "" || !strings.HasPrefix(photo.header.Get("Content-Disposition"), "inline") {
		t.Errorf("the photograph is sent with %v", photo.header)
	}
	id := page.fields(path + "/togli").Get("photo")
	w.post(t, who, path+"/togli", url.Values{"photo": {id}}).want(t, http.StatusSeeOther)
	w.get(t, who, src).want(t, http.StatusNotFound)
	w.get(t, who, strings.TrimSuffix(path, "/foto")).lacks(t, id)
}

func TestListOfPointsByTerms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	programmes, err := w.Funding.Programmes(t.Context(), registertest.System())
	if err != nil {
		t.Fatal(err)
	}
	programme := programmes[0]
	programme.MinWeeklyMinutes, programme.OpeningDays = 24*60, 60
	if err := w.Funding.EditProgramme(t.Context(), registertest.System(), programme); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Points.Add(t.Context(), registertest.System(), points.Point{OfficialName: "Punto lento", Kind: points.Itinerant, ManagingBodyID: w.BodyIDs[0],
		ProjectID: w.ProjectIDs[0], AwardedOn: registertest.Today().AddDays(-70), Addresses: []points.Address{{Belfiore: "G942"}}}); err != nil {
		t.Fatal(err)
	}
	late := w.get(t, w.region, "/gestione/punti?ritardo=1")
	late.want(t, http.StatusOK, "Punto lento", "In ritardo di 10 giorni", "1 punto")
	w.get(t, w.region, "/gestione/punti?sotto=1").want(t, http.StatusOK, "Punto di Potenza", "Meno ore del minimo")
	w.get(t, w.region, "/gestione/punti?tipo=itinerant").want(t, http.StatusOK, "1 punto")
	w.get(t, w.region, "/gestione/punti?programma="+programme.ID+"&stato=awarded").want(t, http.StatusOK, "1 punto")
	file := w.get(t, w.region, "/gestione/punti.csv?ritardo=1")
	if !strings.Contains(file.body, "Giorni di ritardo") || !strings.Contains(file.body, ";10;24") || strings.Contains(file.body, "Punto di Potenza") {
		t.Errorf("punti.csv of the late ones = %q", file.body)
	}
}
