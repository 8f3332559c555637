// Package points keeps the places of the network (it: Punti Digitale Facile): names, addresses, weekly
// hours, seasons, closures, what they offer and to whom they are accessible, who runs them.
//
// # Rules
//
// A point goes through these states, each with its day; any other step is refused (ErrStateStep):
//
//	awarded -> setting_up -> open <-> suspended
//	   |           |           |          |
//	   +-----------+-----------+----------+--> closed
//
// To be open it needs ordinary hours at one address, and two addresses when it is itinerant. A day in
// the future is kept: the point opens, stops or closes on that day.
//
// The ordinary week of an address has bands that never overlap; a season replaces the whole week
// between two days, and two seasons of one address never meet. On national holidays and during a
// closure a point is shut. WeeklyMinutes is the sum of the ordinary weeks, kept in step by every change
// of hours; a point without ordinary hours is "hours to be completed" (it: orari da completare).
//
// [Service.Visible] and [Service.RequirePoint] say which points a person may see or change: every other
// domain filters by them.
//
// It does not hold who works there (package facilitators), bookable times (agenda) or what was done
// there (register).
package points
