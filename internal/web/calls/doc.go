// Package calls holds the pages of the people to phone (it: le pagine delle chiamate da fare): who, on which
// number, why, by when, with the words to say and how it went.
//
// It is one page for the contact centre and for the desks: everybody sees the calls of the points where
// they may see the agenda. Names and numbers stay out of addresses; they are gone as soon as a call is
// settled. It does not decide who is to be called (package notify).
package calls
