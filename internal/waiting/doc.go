// Package waiting keeps who would like an earlier time, and offers them the times that become free
// (it: lista d'attesa).
//
// # An entry
//
// An [Entry] is a wish: at a point or within so many minutes of it, on days that suit, until a day. It
// stands beside a booking that it would bring forward, or alone for who found no time at all. Citizens
// make it from their appointment or from a point; operators for who calls.
//
//	waiting ──accept──> satisfied
//	   ├──> left         the person does not want it any longer
//	   ├──> unanswered   several offers in a row had no answer
//	   ├──> over         its last day has passed, or the appointment has begun
//	   └──> stopped      the booking that it would bring forward was cancelled
//
// # An offer
//
// When a seat becomes free, the first entry that it suits, in the order of asking, gets an [Offer]: the
// agenda holds the seat for them alone, so that one seat is never in two offers and nobody else can book
// it meanwhile. It can be accepted by its secret link, from the page of the entry, or by an operator on
// the phone; accepting moves the booking there, or makes one, in one transaction, and a seat that a move
// leaves is offered in its turn. Refused, or with no answer in time, the seat goes to the next entry, and
// when nobody else wants it to the public.
//
// An offer lasts some hours of daytime: nobody has to answer between 21 and 8 ([Deadline]), and not
// later than half an hour before the time. A time too near for an honest answer is not offered. An
// entry has one open offer at most, and is never offered again a time that it did not take.
//
// Name, phone and mail of an entry are deleted some days after its end, as those of bookings are.
//
// The package does not send messages: it publishes [Offered] and [Ended], and others tell people.
package waiting
