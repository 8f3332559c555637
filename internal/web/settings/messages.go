package settings

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// shownMessages is how many of the last messages the page shows.
const shownMessages = 20

// messagesPage is the page of senders and of the trial.
type messagesPage struct {
	Form, TrialForm   *ui.Form
	MailReady         bool
	SMSReady          bool
	Address           string // of who asks, where the trial of e-mail goes
	Trial             *ui.Flash
	TrialHref         string // reads again how the trial went
	Latest            []messageRow
	NameHint, SMSHint string
}

// messageRow is one of the last messages: nothing of what it said.
type messageRow struct {
	When, Kind, To, Trouble string
	State                   ui.Flash
}

// ways says which channels leave.
func (d Deps) ways(p i18n.Printer) string {
	var parts []string
	for _, channel := range []messages.Channel{messages.Email, messages.SMS} {
		state := "off"
		if d.Messages.ReadyFor(channel) {
			state = "on"
		}
		parts = append(parts, p.T("settings.messages."+string(channel)+"_"+state))
	}
	return strings.Join(parts, " ")
}

func (d Deps) messages(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	return d.showMessages(w, r, messagesPage{Form: sendersForm(r, now.Setting)})
}

func sendersForm(r *http.Request, set network.Setting) *ui.Form {
	return ui.NewForm(r, url.Values{"mail_sender": {set.MailSender}, "sms_sender": {set.SMSSender}})
}

func (d Deps) saveMessages(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	mail, sms := form.Short("mail_sender", 80), form.Text("sms_sender")
	return d.change(w, r, form, func(set *network.Setting) { set.MailSender, set.SMSSender = mail, sms },
		func(w http.ResponseWriter, r *http.Request, form *ui.Form) error {
			return d.showMessages(w, r, messagesPage{Form: form})
		})
}

// sendTrial sends a message to who asks: their own address, or the number that they type.
func (d Deps) sendTrial(w http.ResponseWriter, r *http.Request) error {
	form, err := ui.ReadForm(r)
	if err != nil {
		return err
	}
	channel, to, field := messages.Email, session.Of(r.Context()).Session.Email, "mail"
	if form.Text("channel") == string(messages.SMS) {
		channel, to, field = messages.SMS, form.Text("number"), "number"
	}
	id, err := d.Messages.SendTrial(r.Context(), session.Actor(r), channel, to, ui.PrinterOf(r).Lang())
	if kind := errs.Of(err); kind == errs.Invalid || errors.Is(err, messages.ErrNotReady) {
		if err := form.Problems.Check(field, err); err != nil {
			return err
		}
		now, _, err := d.current(r)
		if err != nil {
			return err
		}
		return d.showMessages(w, r, messagesPage{Form: sendersForm(r, now.Setting), TrialForm: form})
	}
	if err != nil {
		return err
	}
	return ui.Redirect(w, r, home+"/messaggi?prova="+id)
}

func (d Deps) showMessages(w http.ResponseWriter, r *http.Request, v messagesPage) error {
	p := frame(r, "messages")
	p.Wide = true
	v.MailReady, v.SMSReady = d.Messages.ReadyFor(messages.Email), d.Messages.ReadyFor(messages.SMS)
	v.Address = session.Of(r.Context()).Session.Email
	v.NameHint = p.Printer.T("settings.messages.mail_sender_hint", map[string]any{"network": p.Network.Name})
	if v.TrialForm == nil {
		v.TrialForm = ui.NewForm(r, nil)
	}
	if id := r.URL.Query().Get("prova"); id != "" && len(v.Form.Problems) == 0 {
		trial, err := d.Messages.Delivery(r.Context(), id)
		if err != nil && !errors.Is(err, messages.ErrUnknown) {
			return err
		}
		// Only trials are told here: other messages are none of this page's business.
		if err == nil && trial.Kind == messages.TrialKind {
			state := stateWords(p.Printer, trial)
			v.Trial, v.TrialHref = &state, home+"/messaggi?prova="+id
		}
	}
	latest, err := d.Messages.Latest(r.Context(), session.Actor(r), "", shownMessages)
	if err != nil {
		return err
	}
	for _, one := range latest {
		v.Latest = append(v.Latest, messageRowOf(p.Printer, r, one))
	}
	status := statusOf(v.Form)
	if len(v.TrialForm.Problems) > 0 {
		status = statusOf(v.TrialForm)
	}
	return ui.Render(w, r, status, messagesView(p, v))
}

func messageRowOf(p i18n.Printer, r *http.Request, one messages.Delivery) messageRow {
	row := messageRow{When: p.When(one.CreatedAt, ui.Now(r)), To: one.Masked, Kind: p.T("settings.message.other"), State: badgeOf(p, one)}
	if key := "settings.message." + one.Kind; p.Has(key) {
		row.Kind = p.T(key)
	}
	if one.Trouble != "" && one.State != messages.Sent {
		row.Trouble = p.T(one.Trouble)
	}
	return row
}

func badgeOf(p i18n.Printer, one messages.Delivery) ui.Flash {
	tone := ui.Info
	switch one.State {
	case messages.Sent:
		tone = ui.Success
	case messages.Failed:
		tone = ui.Danger
	}
	return ui.Flash{Tone: tone, Text: p.T("settings.state." + string(one.State))}
}

// stateWords says how a trial went, in plain words.
func stateWords(p i18n.Printer, one messages.Delivery) ui.Flash {
	args := errs.Args{"to": one.Masked}
	switch {
	case one.State == messages.Sent:
		return ui.Flash{Tone: ui.Success, Text: p.T("settings.trial.sent", args)}
	case one.State == messages.Failed:
		return ui.Flash{Tone: ui.Danger, Text: p.T("settings.trial.failed", args) + " " + p.T(one.Trouble)}
	case one.Attempts > 0:
		return ui.Flash{Tone: ui.Warning, Text: p.T("settings.trial.again", args) + " " + p.T(one.Trouble)}
	}
	return ui.Flash{Tone: ui.Info, Text: p.T("settings.trial.queued", args)}
}
