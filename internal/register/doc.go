// Package register keeps the services delivered and to whom (it: registro dei servizi): the service
// record, the citizens who attended, who counts and where.
//
// Its rules: a record is whole or not written, and every problem is named at its field; a citizen is
// found only by a whole tax code, never by browsing, and the code, the name and the surname are kept
// as ciphertext (the code also as a keyed digest, to be found by); nobody under 14, nobody from 14 to
// 17 unless the programme admits them from a day; the same person never twice on a record; who gave
// no tax code is recorded and does not count. A record is never overwritten: it is cancelled with a
// reason, or corrected by a new one that names the old.
//
// What counts (it: accessi): a service counts when at least one person with a tax code attended;
// accesses are those attendances; a unique access (C1) is a person's first one in a programme, by
// day, start and record id, at the point where it happened, and moves when an earlier record arrives
// or the first is cancelled. Distinct people (C1b) are counted on request. Counters are kept per
// point, project and month in the transaction of the change; [Service.Recount] proves them.
//
// It does not write the national file (package facilita), set targets (package funding) or keep the
// contact of a booking (package agenda).
package register
