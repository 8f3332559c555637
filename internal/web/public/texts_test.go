package public_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

// gulpease is the Italian index of how easy a text is: 100 is easiest; below 60 a text is hard for
// who has left school at fourteen.
func gulpease(letters, words, sentences int) int {
	if words == 0 {
		return 100
	}
	return 89 + (300*sentences-10*letters)/words
}

// measure counts letters, words and sentences of the visible words under n. A block (a heading, a
// paragraph, an entry of a list) ends a sentence even without a full stop.
func measure(n *html.Node) (letters, words, sentences int) {
	for _, block := range blocksOf(n) {
		for sentence := range strings.FieldsFuncSeq(block, func(r rune) bool { return strings.ContainsRune(".!?:", r) }) {
			inside := 0
			for word := range strings.FieldsSeq(sentence) {
				here := 0
				for _, r := range word {
					if unicode.IsLetter(r) || unicode.IsDigit(r) {
						here++
					}
				}
				if here > 0 {
					inside++
					letters += here
				}
			}
			if inside > 0 {
				words += inside
				sentences++
			}
		}
	}
	return letters, words, sentences
}

var blockNames = map[string]bool{"h1": true, "h2": true, "h3": true, "p": true, "li": true, "td": true, "th": true, "dt": true, "dd": true,
	"label": true, "legend": true, "option": true, "button": true, "caption": true, "figcaption": true, "a": false}

// blocksOf returns the text of the innermost blocks. The map is read as the list beside it.
func blocksOf(n *html.Node) []string {
	var out []string
	var walk func(*html.Node) string
	walk = func(n *html.Node) string {
		if n.Type == html.TextNode {
			return n.Data
		}
		if n.Data == "svg" || n.Data == "style" || attr(n, "data-quote") != "" {
			return ""
		}
		text := ""
		for c := range n.ChildNodes() {
			text += walk(c) + " "
		}
		if blockNames[n.Data] {
			out = append(out, text)
			return ""
		}
		return text
	}
	return append(out, walk(n))
}

func mainOf(page *html.Node) *html.Node {
	for n := range page.Descendants() {
		if n.Data == "main" {
			return n
		}
	}
	return page
}

func TestPagesArePlain(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		check := func() {
			t.Helper()
			if got := gulpease(measure(mainOf(b.page))); got < 60 {
				t.Errorf("%s: Gulpease %d, want 60 or more: %s", b.path, got, short(b.text()))
			}
		}
		for _, path := range []string{"/", "/punti", "/punti?q=Potenza", "/punti?q=75010", "/punti?q=xyz", "/punti/P0001", "/prenota/P0001", "/prenotazione",
			"/domande-frequenti", "/segnala", "/privacy", "/note-legali", "/accessibilita", "/comuni", "/comuni/aliano-mt"} {
			b.get(path).says(200)
			check()
		}
		b.toDetails()
		check()
		b.press("Continua", "topic", "L")
		check()
		b.press("Continua", "name", "Maria Lauria", "phone", "0971555666")
		check()
		b.press("Conferma")
		check()
		for _, link := range []string{"Sposta", "Disdici"} {
			receipt := b.path
			b.click(link)
			check()
			b.get(receipt)
		}
	})
}

func TestGulpeaseTellsHardFromEasy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		easy bool
	}{
		{"Vieni al punto. Una persona ti aiuta. È gratis.", true},
		{"L'erogazione delle prestazioni facilitatorie presuppone la preventiva identificazione dell'interessato mediante documentazione amministrativa in corso di validità", false},
	}
	for _, test := range tests {
		page, err := html.Parse(strings.NewReader("<main><p>" + test.text + "</p></main>"))
		if err != nil {
			t.Fatal(err)
		}
		if got := gulpease(measure(mainOf(page))); got >= 60 != test.easy {
			t.Errorf("gulpease(%q) = %d, want easy %v", test.text, got, test.easy)
		}
	}
}

func TestEveryPageHasOneHeadingAndNoHole(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		for _, lang := range []string{"it", "en"} {
			b := w.browser(t)
			b.header.Set("Accept-Language", lang)
			check := func() {
				t.Helper()
				headings := 0
				for n := range b.page.Descendants() {
					if n.Data == "h1" {
						headings++
					}
					if n.Type == html.ElementNode && n.Data == "html" && attr(n, "lang") != lang {
						t.Errorf("%s is in %q, want %q", b.path, attr(n, "lang"), lang)
					}
				}
				// A text that is missing shows as its key in brackets, one not filled as its name in braces.
				if headings != 1 || strings.Contains(b.text(), "[public.") || strings.Contains(b.text(), "[points.") || strings.Contains(b.text(), "[agenda.") || strings.ContainsAny(b.text(), "{}") {
					t.Errorf("%s in %s: %d h1, text %s", b.path, lang, headings, short(b.text()))
				}
				if strings.Contains(b.body, " style=") || strings.Contains(b.body, "<script>") {
					t.Errorf("%s has code or styles inside, which the policy of the site refuses", b.path)
				}
			}
			for _, path := range []string{"/", "/punti", "/punti?q=Potenza", "/punti?q=75010", "/punti?q=Potensa", "/punti?q=xyz", "/punti?accesso=lis", "/punti/P0001", "/punti/P0003",
				"/prenota/P0001", "/prenotazione", "/domande-frequenti", "/segnala", "/privacy", "/note-legali", "/accessibilita", "/comuni", "/comuni/aliano-mt"} {
				b.get(path).says(200)
				check()
			}
			next := map[string]string{"it": "Continua", "en": "Go on"}[lang]
			b.get("/prenota/P0002").press(next, "quando", b.choices("quando")[0]).says(200)
			check()
			b.press(next, "topic", "M", "needs", "sight").says(200)
			check()
			b.press(next, "name", "Ada Byron", "phone", "+44 20 7946 0000").says(200)
			check()
			b.press(map[string]string{"it": "Conferma", "en": "Confirm"}[lang]).says(200)
			check()
			receipt := b.path
			for _, path := range []string{"/orario", "/punto", "/disdici"} {
				b.get(receipt + path).says(200)
				check()
			}
			b.press(map[string]string{"it": "Sì", "en": "Yes"}[lang]).says(200)
			check()
		}
	})
}

func TestEnglish(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.header.Set("Accept-Language", "en-GB,en;q=0.9")
		b.get("/").says(200, "Find a point and book").press("Find a point", "q", "Potenza").says(200, "3 points near Potenza", "First free time: today at 09:00").click("Book")
		b.press("Go on", "quando", b.choices("quando")[0]).press("Go on", "topic", "M", "needs", "hearing").press("Go on", "name", "Ada Byron", "phone", "+44 20 7946 0000")
		b.says(200, "Tuesday 24 November 2026, from 09:00 to 09:30", "I am hard of hearing").press("Confirm").says(200, "Your appointment", "Ada B.")
		booking, err := w.deps.Agenda.ByCode(t.Context(), strings.ReplaceAll(b.code(), "-", ""))
		// The facilitator reads needs in Italian; messages to the person are in English.
		if err != nil || booking.Needs != "Sento poco" || booking.Language != "en" {
			t.Errorf("booking: needs %q, language %q, %v; want Italian needs, en", booking.Needs, booking.Language, err)
		}
	})
}

func TestTextsNameTheNetwork(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		b := w.browser(t)
		b.get("/privacy").says(200, "versione 2026-07", "Digitale Facile Basilicata", "30 giorni dopo l'appuntamento", "800 29 20 20", "aiuto@example.it")
		b.get("/note-legali").says(200, "CC-BY 4.0", "EUPL 1.2")
		b.get("/segnala").says(200, "800 29 20 20", "aiuto@example.it")
		if strings.Contains(b.body, `<form method="post"`) {
			t.Error("/segnala has a form that stores")
		}
		b.get("/non-esiste").says(404)
	})
}

func TestBeforeTheSetUp(t *testing.T) {
	t.Parallel()
	sqldbtest.RunAt(t, tuesday, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		w := newWorld(t, db, clock)
		b := w.browser(t)
		b.get("/").says(200, "La rete non è ancora pronta.").silent("punti aperti")
		b.get("/punti").says(200, "Nessun punto")
		b.get("/punti?q=Potenza").says(200, "Nessun punto")
		b.get("/privacy").says(200)
		b.get("/punti/P0001").says(404)
	})
}
