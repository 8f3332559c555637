// Package agenda keeps the time that can be booked and who booked it (it: agenda e prenotazioni).
//
// # Bookable times
//
// A [Slot] is a stretch of time of one facilitator at one address of a point, with seats. Slots are
// kept in the database for the days of the horizon, made from four things: who is on duty and what the shift
// offers (package facilitators), the kinds of appointment (package kinds), when the address is open (package
// points) and the wall clock of Rome, which slots follow minute by minute when clocks change. They are repaired
// in the transaction that changes any of these ([Service.Subscribe]). A slot that somebody booked is never
// deleted or moved: when the rules no longer cover it, it is withdrawn and its bookings are stranded
// ([Service.Stranded]). docs/agenda.md has the rules one by one.
//
// Every night [Service.Verify] computes all of it again, the times from the rules and the free seats and cells
// from the bookings, reports each difference ([Service.LastCheck]) and mends it.
//
// # Nothing is given twice
//
// A slot's free seats are a number that never falls below zero; seats are unique for each slot; and
// each five minutes of a facilitator ([cellsOf]), with the pauses around an appointment, belong to at most one
// slot with bookings, so that nobody is in two places. Constraints of the database hold all three. While a slot
// has bookings, the overlapping ones of the same facilitator have no free seat.
//
// A citizen asks for a point, a time and a kind; the facilitator with the least to do is assigned, and of two
// with as much to do now one, now the other. Who asks ([Where].Audience) decides what is free: citizens see
// neither the seats kept back nor times that are too near or for others.
//
// # A search
//
// [Service.Search] answers where the first free times near a place are, in the order of travel or of time,
// for who asks: citizens do not see what is kept back, closed or for others. Points and times are read in
// one snapshot and no time is remembered, so that a change is seen by the next search. It walks away from
// the place and stops when the page is full; each look is a seek in an index of free times, which know the
// part of the day.
//
// # A booking
//
//	held ──confirm──> confirmed ──> attended ──> served
//	 │  └─ 5 minutes ─> expired        ├──> absent   (a person came, did not come: both can be undone)
//	 │                    │            └──> cancelled (by the citizen, by the service)
//	 └────────<── the same time is still there, or another one
//
// A hold lasts five minutes, is renewed at each step up to twenty, and is public knowledge: the time
// shows as taken. An expired draft keeps what was typed. A move keeps code and id. A hold for who waits
// ([Service.HoldFor]) lasts as long as its offer.
//
// Two to four people who come together ([Where].Party) have consecutive slots of one facilitator, or seats
// of one group: each has a booking of its own, the first one's has the code, and all go where it goes.
//
// A request sent twice with one key is one change and one answer. What the network allows one person to
// book ([Limits]) is refused, a second appointment on one day is asked ([ErrSameDay]); both are said by
// [Service.Advice] as soon as the person is known, and limits are looked at again in the transaction that
// books. What happens to bookings is told on the bus ([Changed], [Freed], [CodeAsked]).
//
// The contact of a booking (name, phone, mail) is not the citizen of the register and is deleted 30
// days after the appointment, with what was written about the reason; of a draft, the day after.
//
// It does not send messages, does not know tax codes and does not record services (package register).
package agenda
