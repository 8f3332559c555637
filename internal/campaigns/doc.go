// Package campaigns keeps extra times and places for a peak (it: le campagne): four hundred appointments in six
// weeks, with more people on duty and a stop that is there only for them.
//
// # Rules
//
// A campaign has a kind of appointment (package kinds), two days, and how many appointments are wanted. Its
// turns are people at a place on some weekdays, between two times. A turn is planned until the campaign is made:
// then it becomes shifts (package facilitators) that offer the kind, and exceptional openings (package points)
// where the place would be shut at that hour. Days on which a place is shut for a closure, its patron or a
// holiday are left out: a campaign does not open on them.
//
// What would be made is tried in a transaction that is taken back ([Service.Preview]), so that it says exactly
// what [Service.Make] then does: all of it, or nothing.
//
// Ending gives back what was there before. Times that nobody booked go; booked ones stay with their people, or
// are stranded and listed, as whenever a shift ends (package agenda). A place made for a campaign stays among
// those of its point, without hours.
//
// It does not hold times or bookings (package agenda) and sends no messages.
package campaigns
