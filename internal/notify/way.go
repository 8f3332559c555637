package notify

import (
	"time"
)

// Purpose is what a notice is for; "notify.purpose." + purpose is the word.
type Purpose string

// The purposes.
const (
	Confirmation       Purpose = "confirmation"
	Moved              Purpose = "moved"
	Place              Purpose = "place" // the same time, another place
	CancelledByCitizen Purpose = "cancelled_by_citizen"
	CancelledByService Purpose = "cancelled_by_service"
	Stranded           Purpose = "stranded"
	FirstReminder      Purpose = "reminder_first"
	SecondReminder     Purpose = "reminder_second"
	Code               Purpose = "code"
	Offer              Purpose = "offer"
	WaitingEnded       Purpose = "waiting_ended"
	Visit              Purpose = "visit"
)

// byPhone is added to a purpose for the call that goes with a message, or comes after one that failed.
const byPhone = "_call"

// bad reports whether somebody would travel for nothing who does not know.
func (p Purpose) bad() bool {
	return p == CancelledByService || p == Moved || p == Place || p == Stranded
}

// reminds reports whether the notice is a reminder.
func (p Purpose) reminds() bool { return p == FirstReminder || p == SecondReminder }

// Channel is the way of a notice.
type Channel string

// The channels; NoWay is that of a notice which is not needed, or has no way.
const (
	NoWay Channel = ""
	Email Channel = "email"
	SMS   Channel = "sms"
	Call  Channel = "call"
)

// Why a notice is not needed, "notify.reason." + reason in words.
const (
	ReasonNoContact = "no_contact" // neither mail nor phone
	ReasonTold      = "told"       // who can only be phoned was told by voice, or has read it
	ReasonOwn       = "own"        // they did it themselves and left no mail address
	ReasonOneSMS    = "one_sms"    // the other reminder is the SMS
	ReasonNoSMS     = "no_sms"     // a mobile phone, but no SMS and no call for this
	ReasonChanged   = "changed"    // the booking changed: another notice says so
	ReasonSilent    = "silent"     // who made the change tells them
	ReasonOver      = "over"       // the appointment took place, or is cancelled
)

// urgentWithin is how near an appointment is whose loss should not wait in a mailbox.
const urgentWithin = 24 * time.Hour

// person is how somebody can be reached.
type person struct {
	Email, Mobile, Phone bool
	// Staff says that the news comes from the service, not from what the person did.
	Staff bool
	// Until is how long it is to the appointment, or to the one before it was moved, if that is nearer.
	Until time.Duration
}

// way is how a notice goes. Reason says why it goes none; AlsoCall that the person is phoned too.
type way struct {
	Channel  Channel
	Reason   string
	AlsoCall bool
}

// still reports whether p can be reached by a channel that was chosen before.
func (set Setting) still(by Channel, p person) bool {
	return by == Email && p.Email || by == SMS && p.Mobile && set.SMS
}

// way returns how p is told something. It is the whole table of channels.
func (set Setting) way(purpose Purpose, p person) way {
	sms := p.Mobile && set.SMS
	urgent := (purpose == CancelledByService || purpose == Moved && p.Staff) && p.Until < urgentWithin
	switch {
	case !p.Email && !p.Phone:
		return way{Reason: ReasonNoContact}
	case urgent && sms:
		return way{Channel: SMS}
	case p.Email:
		return way{Channel: Email, AlsoCall: urgent && p.Phone}
	case purpose == CancelledByCitizen:
		return way{Reason: ReasonOwn}
	case sms && purpose == FirstReminder && set.SMSReminder == SMSSecond && set.SecondHours > 0,
		sms && purpose == SecondReminder && set.SMSReminder == SMSFirst && set.FirstHours > 0:
		return way{Reason: ReasonOneSMS}
	case purpose.reminds() && (!sms || set.SMSReminder == SMSNone):
		if purpose == FirstReminder && set.Calls {
			return way{Channel: Call}
		}
		return way{Reason: ReasonNoSMS}
	case sms:
		return way{Channel: SMS}
	case purpose == Confirmation, purpose == Code, !p.Staff && purpose != Offer:
		return way{Reason: ReasonTold}
	}
	return way{Channel: Call}
}
