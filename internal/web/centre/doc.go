// Package centre holds the pages of who answers the phone (it: le pagine dell'operatore del contact
// centre): first free times near a municipality, booking for another person on one screen with the code
// to read out, finding a booking by code, phone or name, moving and cancelling it.
//
// Its rules: everything works from the keyboard and without JavaScript; names and phones are sent in the
// body of a request, never in an address; a time taken meanwhile loses nothing of what was typed and
// shows the nearest ones.
//
// It does not decide who may book where (package agenda, by the Actor) and shows no tax code: there is
// none before the service.
package centre
