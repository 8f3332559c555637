// Package facilitators keeps the people who help at the points (it: facilitatori digitali): who they
// are, which body they work for, the points they serve, their shifts (it: turni), the days and hours they
// are away (it: assenze), and who stands in (it: sostituti).
//
// # Rules
//
// A shift ([Duty]) is a stretch of wall-clock time on a weekday, at a point and an address, from a day to a
// day: in every week, in one week in some, or on the nth of these weekdays in each month. What people enter
// together, several weekdays and several bands, is one [Entry]; it is read together again by [Entries]. Two
// shifts of one person never claim the same minute of a day that both have.
//
// One time of a shift may go otherwise ([Occurrence]): at another hour or address, by somebody else, or not
// at all. A [Change] is of one time, from a day on, or of all that is to come; what is over stays as it was.
// During an absence, of days or of hours of one day, others may stand in ([Substitute]), time by time.
//
// A shift counts on a day only when the person is active, serves the point and is not away at that time;
// who stands in need not serve the point. [Service.OnDuty] is the one place that puts these together.
// Whatever changes the answer publishes [DutyChanged] in its transaction. Bookings are no concern of this
// package: agenda.ChangeShifts makes changes and sees to the bookings that lose their time.
//
// Who leaves hands over ([Service.HandOver]): shifts go on with the successor, appointments and access
// follow through [Leaving], which an earlier end written into the record tells too; who only stops serving
// a point loses the access to it through [Stopping]. A person entered twice becomes one ([Service.Merge]): whatever names the old
// record follows through [Merged], for two weeks it can be undone, and the old id leads to the new.
//
// Why somebody is away is one of four classes and stays among who plans the shifts; the history names no day.
//
// Tax codes are kept as a keyed hash and a ciphertext, never in clear; one person is in the list once.
//
// It does not make bookable times (package agenda), does not create accounts or roles (package
// identity) and keeps no training.
package facilitators
