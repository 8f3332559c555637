// Package notify tells citizens about their appointments, places in the waiting list and requests of
// visits: what, when, by which channel, and how it ended (it: gli avvisi).
//
// # A notice
//
//	planned ──its hour──> queued ──> sent
//	   │                    ├──────> failed   given up: who has a phone is called instead
//	   ├────────────────────┴──────> late     of no more use before it could leave
//	   └───────────────────────────> dropped  not needed: Reason says why
//
// A notice is planned in the transaction of what it is about, once for each purpose and version of it (a
// constraint holds that), and written only at its hour, from the booking as it is then. Whatever changes a
// booking drops the notices of its versions before. People who come together get one message, the first
// one's. Nothing that was said, and no address, is kept here.
//
// # By which channel
//
// E-mail, else SMS, else a person to phone (package calls): [Setting.way] is the whole table. An SMS costs:
// who has a mail address gets none, one reminder of the two may be an SMS, and it carries no topic and no
// name, in the alphabet of 160 characters to a message. Who was told by voice, or has the receipt before
// their eyes, is not called to hear it again. Nobody who did not come is told that anything was cancelled.
//
// # When
//
// Reminders leave by the wall clock of Rome: 48 hours before is the same clock two days before, also when
// clocks change between. Nobody is disturbed in the quiet hours, except by the answer to what they have
// just done on line, and by bad news that could not wait. Nothing leaves after the appointment.
//
// It does not send (package messages) and does not decide who may see what (agenda).
package notify
