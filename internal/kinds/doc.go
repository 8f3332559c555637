// Package kinds keeps the kinds of appointment that the network offers (it: tipi di appuntamento): what
// each is for, how long it lasts, at a desk or elsewhere, who may book it and what to bring.
//
// # Rules
//
// A kind belongs to the whole network, to the points that a body manages, or to one point; who may edit
// there may change it. A shift names the kinds that it offers (package facilitators), and package agenda
// makes the bookable times from both.
//
// The mode says where the appointment takes place and decides its shape: group and course have seats,
// the others are for one person at a time. The pauses before and after keep the facilitator busy and are
// not shown. Seats kept back are for the desk and for who walks in: of a group that many seats, else one
// time in so many. A notice closes a time to citizens that long before it begins; the staff may still book.
//
// A kind is never deleted: it ends on a day. A change is kept with what was before ([Service.History]),
// and [Changed] tells it to whoever made something of the kind, in the same transaction.
//
// It does not hold shifts (facilitators), bookable times and bookings (agenda), or the national list of
// topics (register/codelist), of which it keeps only the codes.
package kinds
