// Package calls keeps the people to phone (it: le chiamate da fare): those whom no message reaches, and
// those whom something bad befell.
//
//	to do ──call──> done
//	  │ └─ no answer ─> to do, with one try more
//	  ├──> gone   what it was about is over: the booking was moved, the offer was taken
//	  └──> late   nobody called in time
//
// Its rules: a call is asked for once for each reason and version of what it is about; it belongs to a
// point, and whoever may book there sees it and says how it went; it shows from an hour on and until
// another, after which a call is of no more use; name and number are deleted as soon as it is settled, so
// before those of the booking, and what stays says neither who nor what about. How a call ended is a fact
// ([Settled]).
//
// It does not decide who is to be called (package notify does) nor what to say (the pages do).
package calls
