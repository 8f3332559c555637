// Package visits keeps the requests of who cannot come: "come to me", "come to my village"
// (it: richieste di visita).
//
// Anybody may ask, from any municipality of the region, for themselves or for others: because it is
// hard to move, because the nearest point is far, because there is a group. There is no test to pass.
//
//	new ──take──> taken ──plan──> planned ──done──> done
//	 │              │  <─put back─   │
//	 └──────────────┴───────────────┴──refuse──> refused
//
// A request gets a code, and a day by which somebody answers ([Request.AnswerBy]): both are shown to the
// person, with the day when it was taken in charge. Planned says day, time, place and who comes; the time
// may be a booking of the agenda, or only noted. Refused says why, in words for the person; a person who
// no longer needs it withdraws the request, which is refused for that reason.
//
// A request belongs to the point that serves its municipality: the nearest one by estimated travel,
// until somebody gives it to another ([Service.Give]). Who books for that point answers it, and who has
// the whole network answers all of them. Requests that nobody satisfied are counted by municipality
// ([Service.Unmet]), without anything personal, for who plans where to go.
//
// Name, phone, mail, the place and the words written are deleted some days after the end, as those of
// bookings are; the rest stays, to count.
//
// The package does not send messages: it publishes [Answered].
package visits
