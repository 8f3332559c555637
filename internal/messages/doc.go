// Package messages sends e-mail and SMS (it: i messaggi) for the other packages.
//
// Its rules: a message is queued in the transaction that needs it, so it leaves when and only when that
// transaction was committed; what is to be sent and to whom is personal data, so it is sealed while it
// waits and deleted as soon as the message is sent or given up, and never stands in a log or in the audit:
// what stays is the kind, the state, the instants and a masked address; a trouble that may pass (a server
// that is down or busy, a wrong password that somebody mends) is tried again for a day, one that will not
// (an address that does not exist) is given up at once; e-mail is plain text, with nothing that follows
// who reads it.
//
// A message may leave twice, when the program stops between sending and writing it down: both have the
// same Message-ID.
//
// It does not know what the messages say (their packages do) nor who may send one.
package messages
