package notify

import (
	"context"
	"strings"
	"time"

	"capillare/internal/agenda"
	"capillare/internal/calendar"
	"capillare/internal/calls"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/messages"
	"capillare/internal/notify/internal/db"
	"capillare/internal/sqldb"
	"capillare/internal/visits"
	"capillare/internal/waiting"
)

// codesApart is how soon the same codes may be asked again: until then the message on its way is enough.
const codesApart = 10 * time.Minute

// sendCodes sends the codes of bookings to the contact that they were made with. A number that takes no
// SMS gets nothing: an operator reads codes out.
func (s *Service) sendCodes(ctx context.Context, tx *sqldb.Tx, f agenda.CodeAsked) error {
	if len(f.Bookings) == 0 {
		return nil
	}
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	first := f.Bookings[0]
	n := s.about(first, Code)
	n.Version = int(tx.Now.Unix() / int64(codesApart/time.Second))
	n.Due, n.Expires = tx.Now, f.Bookings[len(f.Bookings)-1].StartsAt
	m := messages.Message{To: f.To, Language: printer(first.Language).Lang()}
	switch {
	case s.Messages.Reachable(messages.Email, f.To):
		n.Channel, m.Channel = Email, messages.Email
	case s.Messages.Reachable(messages.SMS, f.To) && set.SMS:
		n.Channel, m.Channel = SMS, messages.SMS
	default:
		n.Reason = ReasonTold
		return s.put(ctx, tx, n)
	}
	p := printer(first.Language)
	var list []string
	for _, b := range f.Bookings {
		one := facts{p: p, b: b}
		list = append(list, p.T("notify.code.line", errs.Args{"when": one.shortWhen(), "code": codes.FormatCode(b.Code)}))
	}
	m.Subject = p.T("notify.subject.code")
	m.Text = p.T("notify.text.code") + "\n\n" + strings.Join(list, "\n")
	if m.Channel == messages.SMS {
		// As many as fit, the nearest first: more than one message would cost more than it tells.
		m.Text = fitting(p.T("notify.sms.code", errs.Args{"list": strings.Join(list, "; ")}), p.T("notify.sms.code", errs.Args{"list": list[0]}))
	}
	return s.post(ctx, tx, n, m)
}

// sendOffer tells somebody in the waiting list that a time is free for them. The link is secret and kept
// nowhere, so it is written now.
func (s *Service) sendOffer(ctx context.Context, tx *sqldb.Tx, f waiting.Offered) error {
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	before, err := db.New(tx).NoticesOf(ctx, db.NoticesOfParams{Subject: calls.Waiting, SubjectID: f.Entry.ID})
	if err != nil {
		return err
	}
	c, p := f.Entry.Contact, printer(f.Entry.Language)
	n := notice{Subject: calls.Waiting, SubjectID: f.Entry.ID, Version: len(before) + 1, Purpose: Offer, Expires: f.Offer.Until,
		Call: offerCall(f.Entry, f.Offer)}
	who := s.reachOf(c)
	who.Staff, who.Until = true, f.Offer.StartsAt.Sub(tx.Now)
	if s.BaseURL() == "" {
		// Without a link there is nothing to answer with: somebody phones.
		who.Email, who.Mobile = false, false
	}
	n.way, n.Due = set.way(Offer, who), set.awake(tx.Now)
	if n.Channel != Email && n.Channel != SMS {
		return s.put(ctx, tx, n)
	}
	point, address, err := s.place(ctx, f.Offer.PointID, f.Offer.AddressID)
	if err != nil {
		return err
	}
	day := calendar.DayOf(f.Offer.StartsAt)
	args := errs.Args{"when": p.DayShort(day) + " " + p.Time(f.Offer.StartsAt), "day": p.DayYear(day), "from": p.Time(f.Offer.StartsAt),
		"to": p.Time(f.Offer.EndsAt), "point": point, "address": address, "until": p.DayShort(calendar.DayOf(f.Offer.Until)) + " " + p.Time(f.Offer.Until),
		"link": s.BaseURL() + waiting.OfferPath(f.Secret)}
	m := messages.Message{Channel: messages.Email, To: c.Email, Subject: p.T("notify.subject.offer", args), Text: p.T("notify.text.offer", args),
		Language: p.Lang()}
	if n.Channel == SMS {
		m.Channel, m.To, m.Text = messages.SMS, c.Phone, fitting(p.T("notify.sms.offer", args), p.T("notify.sms.offer_short", args))
	}
	return s.post(ctx, tx, n, m)
}

// offerSettled takes back what was still to be told about an offer: a time that somebody else may have by now.
func (s *Service) offerSettled(ctx context.Context, tx *sqldb.Tx, f waiting.Settled) error {
	return s.supersede(ctx, tx, calls.Waiting, f.Offer.EntryID, ReasonOver)
}

// callOffer phones who did not get the message about an offer, while it can be answered.
func (s *Service) callOffer(ctx context.Context, n db.NotifyNotice) error {
	o, err := s.Waiting.Open(ctx, waiting.By{ID: n.SubjectID, Who: identity.System(itself)})
	if err != nil {
		return ignoreMissing(err)
	}
	c := o.Entry.Contact
	if o.Offer.State != waiting.OfferOpen || !o.Offer.Until.Equal(n.ExpiresAt.Time) || c.Phone == "" {
		return nil
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		return s.put(ctx, tx, notice{Subject: calls.Waiting, SubjectID: n.SubjectID, Version: n.Version, Purpose: Offer + byPhone, Due: tx.Now,
			Expires: o.Offer.Until, way: way{Channel: Call}, Call: offerCall(o.Entry, o.Offer)})
	})
}

func offerCall(e waiting.Entry, o waiting.Offer) calls.Call {
	return calls.Call{PointID: o.PointID, Why: calls.Offer, Name: e.Contact.Name, Phone: e.Contact.Phone, Language: e.Language, About: o.StartsAt}
}

// sendWaitingEnded tells who left the waiting list without having said so.
func (s *Service) sendWaitingEnded(ctx context.Context, tx *sqldb.Tx, f waiting.Ended) error {
	if err := s.supersede(ctx, tx, calls.Waiting, f.Entry.ID, ReasonOver); err != nil {
		return err
	}
	to := f.Entry.Contact.Email
	if f.Entry.State != waiting.Unanswered && f.Entry.State != waiting.Over || !s.Messages.Reachable(messages.Email, to) {
		return nil
	}
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	const useful = 48 * time.Hour
	p := printer(f.Entry.Language)
	n := notice{Subject: calls.Waiting, SubjectID: f.Entry.ID, Version: f.Entry.Version, Purpose: WaitingEnded,
		Due: set.awake(tx.Now), Expires: tx.Now.Add(useful), way: way{Channel: Email}}
	return s.post(ctx, tx, n, messages.Message{Channel: messages.Email, To: to, Language: p.Lang(),
		Subject: p.T("notify.subject.waiting_ended"), Text: p.T("notify.text.waiting." + f.Entry.State)})
}

// sendVisit answers who asked for a visit.
func (s *Service) sendVisit(ctx context.Context, tx *sqldb.Tx, f visits.Answered) error {
	r := f.Request
	key, told := visitKey(f)
	if !told && r.State != visits.Planned && r.Refusal != visits.Withdrawn {
		return nil
	}
	if err := s.supersede(ctx, tx, calls.Visit, r.ID, ReasonChanged); err != nil || !told {
		return err
	}
	set, err := setting(ctx, tx)
	if err != nil {
		return err
	}
	const useful = 72 * time.Hour
	n := notice{Subject: calls.Visit, SubjectID: r.ID, Version: r.Version, Purpose: Visit, Due: set.awake(tx.Now), Expires: tx.Now.Add(useful),
		Call: calls.Call{PointID: r.PointID, Why: calls.VisitAnswer, Name: r.Contact.Name, Phone: r.Contact.Phone, Language: r.Language}}
	who := s.reachOf(r.Contact)
	who.Staff = r.State != visits.Received
	if n.way = set.way(Visit, who); n.Channel == Call && r.PointID == "" {
		n.way = way{Reason: ReasonNoContact}
	}
	if n.Channel != Email && n.Channel != SMS {
		n.Due = tx.Now
		return s.put(ctx, tx, n)
	}
	p := printer(r.Language)
	args := visitArgs(p, r)
	m := messages.Message{Channel: messages.Email, To: r.Contact.Email, Subject: p.T("notify.subject.visit"), Text: p.T("notify.text."+key, args), Language: p.Lang()}
	if n.Channel == SMS {
		m.Channel, m.To, m.Text = messages.SMS, r.Contact.Phone, fitting(p.T("notify.sms."+key, args))
	}
	return s.post(ctx, tx, n, m)
}

// visitKey names the text of an answer; told is false when there is nothing to tell, or the agenda tells it.
func visitKey(f visits.Answered) (key string, told bool) {
	switch r := f.Request; {
	case r.State == visits.Received && f.Before.State == "":
		return "visit_received", true
	case r.State == visits.Planned && r.Plan.BookingID == "":
		return "visit_planned", true
	case r.State == visits.Refused && r.Refusal != visits.Withdrawn:
		return "visit_refused", true
	case f.Before.State == visits.Planned && f.Before.Plan.BookingID == "" && r.State != visits.Planned && !r.Ended():
		return "visit_unplanned", true
	}
	return "", false
}

func visitArgs(p i18n.Printer, r visits.Request) errs.Args {
	return errs.Args{"code": codes.FormatCode(r.Code), "by": p.Day(r.AnswerBy), "answer": r.Answer,
		"when": dayAndTime(p, r.Plan.Day, r.Plan.From.String()), "short": p.DayShort(r.Plan.Day) + " " + r.Plan.From.String()}
}
