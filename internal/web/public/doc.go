// Package public holds the pages of the citizen (it: le pagine per tutti): the home page, the search
// for a point, the page of a point and of a municipality, booking in five steps, the receipt, moving and
// cancelling by code, and the texts every public site owes.
//
// Its rules: no account, no e-mail and no JavaScript are needed; what was typed is never lost; a page
// that holds a booking is not kept by browsers and shows no name that is not needed; the key of a
// booking is either the secret link given at the end or the short code read out by phone; home, search,
// point and municipality are one request of at most 14 kB with the sheet inside.
//
// It does not decide who may have a time (package agenda), nor how often somebody may try codes
// (package web, through Guesses), and stores nothing itself.
package public
