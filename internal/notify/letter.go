package notify

import (
	"cmp"
	"context"
	"net/mail"
	"slices"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/ics"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/sqldb"
)

// facts are what a message about a booking says.
type facts struct {
	p       i18n.Printer
	b       agenda.Booking
	set     network.Setting
	point   string // its public name
	address string // on one line
	bring   string
	base    string
}

// letter writes the message of a purpose about a booking.
func (s *Service) letter(ctx context.Context, purpose Purpose, b agenda.Booking, by Channel) (messages.Message, error) {
	f, err := s.factsOf(ctx, b)
	if err != nil {
		return messages.Message{}, err
	}
	m := messages.Message{Language: f.p.Lang()}
	if by == SMS {
		m.Channel, m.To, m.Text = messages.SMS, b.Contact.Phone, f.short(purpose)
		return m, nil
	}
	m.Channel, m.To, m.Subject, m.Text = messages.Email, b.Contact.Email, f.subject(purpose), f.long(purpose)
	m.Files = s.files(purpose, f)
	return m, nil
}

func (s *Service) factsOf(ctx context.Context, b agenda.Booking) (facts, error) {
	f := facts{p: printer(b.Language), b: b, base: s.BaseURL()}
	var err error
	if f.set, err = s.Network.Setting(ctx); err != nil && errs.Of(err) != errs.NotFound {
		return f, err
	}
	if f.point, f.address, err = s.place(ctx, b.PointID, b.AddressID); err != nil {
		return f, err
	}
	if b.KindID == "" {
		return f, nil
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		found, err := s.Kinds.ByIDs(ctx, tx, []string{b.KindID})
		f.bring = found[b.KindID].BringIn(b.Language)
		return err
	})
	return f, err
}

// place returns the name of a point and its address on one line.
func (s *Service) place(ctx context.Context, pointID, addressID string) (name, address string, err error) {
	found, err := s.Points.ByIDs(ctx, []string{pointID})
	if err != nil {
		return "", "", err
	}
	point := found[pointID]
	at, ok := point.Address(addressID)
	if !ok {
		return point.PublicName, "", nil
	}
	towns, err := s.Territory.ByBelfiore(ctx, []string{at.Belfiore})
	var parts []string
	for _, part := range []string{at.Place, at.Street, towns[at.Belfiore].Name} {
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return point.PublicName, strings.Join(parts, ", "), err
}

func printer(language string) i18n.Printer {
	return i18n.Default().Printer(i18n.Lang(cmp.Or(language, string(i18n.Italian))))
}

// link is the page of the booking; "" when nobody said where the site is.
func (f facts) link() string {
	if f.base == "" {
		return ""
	}
	return f.base + "/prenotazione/c/" + codes.FormatCode(f.b.Code)
}

func (f facts) subject(purpose Purpose) string {
	return f.p.T("notify.subject."+string(purpose), errs.Args{"when": f.shortWhen()})
}

// long is the e-mail: what happened, then what is to be known on lines of their own.
func (f facts) long(purpose Purpose) string {
	over := purpose == CancelledByCitizen || purpose == CancelledByService
	lines := []string{f.p.T("notify.text." + string(purpose)), ""}
	add := func(key string, args errs.Args) { lines = append(lines, f.p.T(key, args)) }
	add("notify.line.when", errs.Args{"day": f.p.DayYear(f.b.Day), "from": f.p.Time(f.b.StartsAt), "to": f.p.Time(cmp.Or(f.b.Until, f.b.EndsAt))})
	lines = append(lines, f.where())
	if name := shortName(f.b.Contact); name != "" {
		add("notify.line.for", errs.Args{"name": name})
	}
	if f.b.Party > 1 {
		add("notify.line.party", errs.Args{"n": f.b.Party})
	}
	if !over {
		add("notify.line.code", errs.Args{"code": codes.FormatCode(f.b.Code)})
		if f.bring != "" {
			add("notify.line.bring", errs.Args{"bring": f.bring})
		}
	}
	return strings.Join(append(lines, "", f.next(over, purpose)), "\n")
}

// next says what the person can do.
func (f facts) next(over bool, purpose Purpose) string {
	switch link := f.link(); {
	case over && f.base != "":
		return f.p.T("notify.next.again", errs.Args{"link": f.base + "/prenota"})
	case over:
		return f.p.T("notify.next.again_phone", errs.Args{"phone": f.set.Phone})
	case link == "":
		return f.p.T("notify.next.phone", errs.Args{"phone": f.set.Phone})
	case purpose == Stranded:
		return f.p.T("notify.next.other_time", errs.Args{"link": link + "/orario"})
	default:
		return f.p.T("notify.next.change", errs.Args{"cancel": link + "/disdici", "move": link + "/orario"})
	}
}

// where says where the two meet.
func (f facts) where() string {
	if f.b.Mode.Remote() {
		return f.p.T("notify.where."+string(f.b.Mode), errs.Args{"point": f.point})
	}
	return f.p.T("notify.where.place", errs.Args{"point": f.point, "address": f.address})
}

// places are the ways to say where in a few words, the fullest first. Who is called or visited must not read
// an address to go to.
func (f facts) places() []string {
	if !f.b.Mode.Remote() {
		return []string{joined(f.point, f.address), f.point, cut(f.point)}
	}
	var list []string
	for _, point := range []string{f.point, cut(f.point)} {
		list = append(list, f.p.T("notify.place."+string(f.b.Mode), errs.Args{"point": point}))
	}
	return list
}

// short is the SMS: neither name nor topic, the address only where it fits.
func (f facts) short(purpose Purpose) string {
	args := errs.Args{"when": f.shortWhen(), "code": codes.FormatCode(f.b.Code), "phone": f.set.Phone}
	key := "notify.sms." + string(purpose)
	end := ""
	switch link := f.link(); {
	case purpose == CancelledByService || purpose == CancelledByCitizen:
		end = " " + f.p.T("notify.sms.again", args)
	case link != "":
		end = " " + f.p.T("notify.sms.change", errs.Args{"link": link})
	case f.set.Phone != "":
		end = " " + f.p.T("notify.sms.change_phone", args)
	}
	var texts []string
	for _, place := range f.places() {
		args["place"] = place
		texts = append(texts, f.p.T(key, args)+end)
	}
	return fitting(append(texts, f.p.T(key, args))...)
}

// shortWhen returns "mar 24 nov 10:30".
func (f facts) shortWhen() string { return f.p.DayShort(f.b.Day) + " " + f.p.Time(f.b.StartsAt) }

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// cut keeps the beginning of a name that is too long for an SMS.
func cut(name string) string {
	const most = 25
	letters := []rune(name)
	if len(letters) <= most {
		return name
	}
	return strings.TrimSpace(string(letters[:most-1])) + "."
}

// shortName returns who comes with the surname cut to a letter: mailboxes are shared.
func shortName(c agenda.Contact) string {
	words := strings.Fields(cmp.Or(c.OnBehalf, c.Name))
	if len(words) < 2 {
		return strings.Join(words, " ")
	}
	last := []rune(words[len(words)-1])
	return strings.Join(words[:len(words)-1], " ") + " " + string(last[0]) + "."
}

// files are the calendar files of an e-mail: what changes an appointment goes with one.
func (s *Service) files(purpose Purpose, f facts) []messages.File {
	method := ics.Request
	switch purpose {
	case CancelledByCitizen, CancelledByService:
		method = ics.Cancel
	case Confirmation, Moved, Place:
	default:
		return nil
	}
	organizer := ics.Person{Name: cmp.Or(f.set.MailSender, f.set.Name)}
	if from, err := mail.ParseAddress(s.From); err == nil {
		organizer.Email = from.Address
	}
	if organizer.Email == "" {
		// RFC 5546 wants an organizer of whatever is asked or called off.
		method = ics.Publish
	}
	event := ics.Event{ID: f.b.ID, Sequence: f.b.Version, StartsAt: f.b.StartsAt, EndsAt: cmp.Or(f.b.Until, f.b.EndsAt), Stamp: s.base.Now(),
		Summary: f.p.T("notify.ics.summary", errs.Args{"point": f.point}), Place: f.places()[0], URL: f.link(),
		Text:      f.p.T("notify.ics.text", errs.Args{"code": codes.FormatCode(f.b.Code), "phone": f.set.Phone}),
		Cancelled: method == ics.Cancel || f.b.State == agenda.Cancelled}
	if method != ics.Publish {
		event.Organizer, event.Attendee = organizer, ics.Person{Email: f.b.Contact.Email}
	}
	file := ics.Calendar{Method: method, Events: []ics.Event{event}}
	return []messages.File{{Name: f.p.T("notify.ics.file"), Type: "text/calendar; method=" + string(method) + "; charset=utf-8", Content: file.Bytes()}}
}

// dayAndTime returns a day in words with a time, for what has no booking.
func dayAndTime(p i18n.Printer, day calendar.Day, from string) string {
	return p.T("notify.when", errs.Args{"day": p.DayYear(day), "from": from})
}
