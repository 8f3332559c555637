// Package facilitators keeps the people who help at the points (it: facilitatori digitali): who they
// are, which body they work for, the points they serve, the weekly shifts they are on duty, the days
// they are away.
//
// # Rules
//
// A shift ([Duty]) is a weekday, a stretch of wall-clock time, a point and an address, from a day to a
// day. Two shifts of one person on the same weekday and days never overlap. A shift counts on a day
// only when the person is active, serves the point and is not away on that day; [Service.OnDuty] is
// the one place that puts these together. Whatever changes the answer publishes [DutyChanged] in its
// transaction.
//
// Who leaves hands over ([Service.HandOver]): shifts go on with the successor, appointments and access
// follow through [Leaving], which an earlier end written into the record tells too; who only stops serving
// a point loses the access to it through [Stopping]. A person entered twice becomes one ([Service.Merge]): whatever names the old
// record follows through [Merged], for two weeks it can be undone, and the old id leads to the new.
//
// Tax codes are kept as a keyed hash and a ciphertext, never in clear; one person is in the list once.
//
// It does not make bookable times (package agenda), does not create accounts or roles (package
// identity) and keeps no training.
package facilitators
