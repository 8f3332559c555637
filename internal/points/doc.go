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
// the future is kept: the point opens, stops or closes on that day. Each step is kept with the act that
// decided it ([Service.TakeStep]); the first opening wants the check list done ([Tasks]), or a word on why
// it is not. A point is late when the days that its programme allows from the award have passed
// ([Point.Late]).
//
// # When an address is open
//
// [Point.OpeningOn] is the one place where it is decided; everybody else asks it or [Point.OpenBands].
// The first of these that speaks of the day decides:
//
//  1. the state: a point that is not in service is shut;
//  2. an exceptional opening of the address, with bands of its own and a public reason;
//  3. a closure: of the point, of the body that manages it, of the whole network;
//  4. the patron's day of the municipality, unless the point stays open on it;
//  5. a national holiday: shut;
//  6. the week of a season, which replaces the ordinary one between two days;
//  7. the ordinary week.
//
// Bands of a week never overlap and two seasons of an address never meet. WeeklyMinutes is the sum of
// the ordinary weeks, kept in step by every change of hours; a point without ordinary hours is "hours to
// be completed" (it: orari da completare). A change of hours is looked at before it is saved with the
// With methods, which return the point as it would be ([Point.Warnings] says what is odd about it), and
// is refused when the hours are no longer those that were seen (HoursVersion).
//
// [Service.Visible] and [Service.RequirePoint] say which points a person may see or change: every other
// domain filters by them.
//
// It does not hold who works there (package facilitators), bookable times (agenda) or what was done
// there (register).
package points
