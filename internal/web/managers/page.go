package managers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// perPage is how many rows a list shows.
const perPage = 20

// frame returns the frame of a page of management, with the way to it.
func frame(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section, p.Wide = "manage", true
	p.Breadcrumb = way
	// Whoever only looks a point up (a facilitator, an operator) has no page of management to go back to.
	if session.Actor(r).Can(identity.SeeFacilitators) {
		p.Breadcrumb = append([]ui.Link{{Label: p.Printer.T("managers.start.title"), Href: "/gestione"}}, way...)
	}
	return p
}

// sheet is the frame of a form: no wider than is good for reading.
func sheet(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := frame(r, title, way...)
	p.Wide = false
	return p
}

// may says what the person who asks may do at all: which links a page shows.
type may struct {
	EditPoints, EditPeople, EditBodies, EditFunding          bool
	SeeAgenda, SeeBodies, SeeFunding, SeeProgress, SeePeople bool
	RunImports, SetUp, Export                                bool
	// AddProgrammes is for who reaches the whole network: one programme is not enough to make another.
	AddProgrammes bool
}

func mayOf(who identity.Actor) may {
	return may{
		EditPoints: who.Can(identity.EditPoints), EditPeople: who.Can(identity.EditFacilitators),
		EditBodies: who.Reach(identity.EditBodies).All, EditFunding: who.Can(identity.EditFunding),
		SeeAgenda: who.Can(identity.SeeAgenda), SeeBodies: who.Can(identity.SeeBodies), SeeFunding: who.Can(identity.SeeFunding),
		SeeProgress: who.Can(identity.SeeProgress), SeePeople: who.Can(identity.SeeFacilitators),
		AddProgrammes: who.Reach(identity.EditFunding).All,
		RunImports:    who.Can(identity.RunImports), SetUp: who.Can(identity.SetUpNetwork), Export: who.Can(identity.ExportNational),
	}
}

func today(r *http.Request) calendar.Day { return calendar.DayOf(ui.Now(r)) }

// formOf reads a sent form together with who sent it.
func formOf(r *http.Request) (*ui.Form, identity.Actor, error) {
	form, err := ui.ReadForm(r)
	return form, session.Actor(r), err
}

// again shows a refused form: 422, or 409 when something got there first.
func again(form *ui.Form, conflict string) int {
	for _, one := range form.Problems {
		if conflict != "" && one.Key == conflict {
			return http.StatusConflict
		}
	}
	return http.StatusUnprocessableEntity
}

// dayText writes a day as forms show and read it.
func dayText(d calendar.Day) string {
	if d.IsZero() {
		return ""
	}
	return i18n.Printer{}.DayNum(d)
}

// dayField is a field for a day: text, so that a wrong day stays as it was typed.
func dayField(f *ui.Form, p i18n.Printer, name, label string) ui.Field {
	field := f.Field(name, label)
	field.Hint, field.Width, field.MaxLength = p.T("managers.day_hint"), "medium", 10
	return field
}

// span writes "dal ... al ..." for two days of which the second may be missing.
func span(p i18n.Printer, from, to calendar.Day) string {
	if to.IsZero() {
		return p.T("managers.from", map[string]any{"from": p.DayNum(from)})
	}
	if from == to {
		return p.DayNum(from)
	}
	return p.T("managers.from_to", map[string]any{"from": p.DayNum(from), "to": p.DayNum(to)})
}

// words puts tags into words, one after the other.
func words(p i18n.Printer, prefix string, tags []string) string {
	out := make([]string, len(tags))
	for i, tag := range tags {
		out[i] = tag
		if p.Has(prefix + tag) {
			out[i] = p.T(prefix + tag)
		}
	}
	return strings.Join(out, ", ")
}

// choices are the options of a list of tags; first is the label of the empty one, none when "".
func choices(p i18n.Printer, prefix string, tags []string, first string) []ui.Option {
	var out []ui.Option
	if first != "" {
		out = append(out, ui.Option{Label: first})
	}
	for _, tag := range tags {
		out = append(out, ui.Option{Value: tag, Label: p.T(prefix + tag)})
	}
	return out
}

// pageOf reads which page of a list is asked for, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("pagina"))
	if err != nil || n < 1 || n > 100_000 {
		return 1
	}
	return n
}

// pagesOf leads to the other pages of the list shown by r.
func pagesOf(r *http.Request, total int) ui.Pages {
	return ui.Pages{Current: pageOf(r), Total: ui.PageCount(total, perPage), Href: func(n int) string {
		return addressWith(r, "pagina", strconv.Itoa(n))
	}}
}

func addressWith(r *http.Request, name, value string) string {
	query := r.URL.Query()
	query.Set(name, value)
	return r.URL.Path + "?" + query.Encode()
}

// withQuery keeps the chosen filters in the address of another page.
func withQuery(path string, query url.Values, names ...string) string {
	kept := url.Values{}
	for _, name := range names {
		if v := strings.TrimSpace(query.Get(name)); v != "" {
			kept.Set(name, v)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}

// unique returns the texts of list that are not empty, each once.
func unique(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == "" })
}

// quiet leaves out the mark of optional fields: in a search nothing is needed.
func quiet(f *ui.Field) { f.Quiet = true }

// The usual sorts of field.
func medium(f *ui.Field)    { f.Width = "medium" }
func numeric(f *ui.Field)   { f.InputMode, f.Width = "numeric", "medium" }
func telephone(f *ui.Field) { f.Type, f.Autocomplete = "tel", "off" }
func mailbox(f *ui.Field)   { f.Type, f.Autocomplete = "email", "off" }

// statusOf is 200 for a form to fill in, 422 for one that was refused.
func statusOf(form *ui.Form) int {
	if len(form.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// private keeps browsers from filling in the name of who is typing.
func private(f *ui.Field) { f.Autocomplete = "off" }

// capital writes the first letter of a word large, as labels want it.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
