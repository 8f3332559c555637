// Package desk holds the pages of who helps at a point (it: le pagine del facilitatore): the day, the
// service form, the services recorded, the week, the own numbers, closing the point today.
//
// Its rules: everything works without JavaScript and from the keyboard; what was typed is never lost;
// a page that others may see on the screen shortens names; whatever was done by mistake can be undone
// where it shows; no name, phone or tax code stands in an address; a tax code is never shown again in
// full.
//
// A facilitator sees the own agenda. Who has no record as facilitator but answers for some (a managing
// body, a partner) chooses whose agenda to see.
//
// It does not decide who may do what (the services do, by the Actor) and stores nothing itself.
package desk
