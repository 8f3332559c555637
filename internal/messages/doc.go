// Package messages sends e-mail and SMS (it: i messaggi) for the other packages.
//
// Its rules: a message is queued in the transaction that needs it, so it leaves when and only when that
// transaction was committed; what is to be sent and to whom is personal data, so it is sealed while it
// waits and deleted as soon as the message is sent or given up, and never stands in a log or in the audit:
// what stays is the kind, the state, the instants and a masked address; a trouble that may pass (a server
// that is down or busy, a wrong password that somebody mends) is tried again for a day, one that will not
// (an address that does not exist) is given up at once; a message may wait for an hour (NotBefore) and is
// of no more use after another (ExpiresAt): then it does not leave any more; e-mail is plain text, with
// nothing that follows who reads it.
//
// # Never twice
//
// When an answer never comes, or the program stops between sending and writing it down, nobody here
// knows whether a message left. An e-mail is sent again with the same Message-ID, by which mailboxes
// know it. An SMS is doubtful from before it is handed over until its answer is written down: the next
// attempt asks the gateway first whether it has it, or sends it under the same id to a gateway that sends
// one id once; with a gateway that can do neither it is given up, and [Settled] lets somebody phone.
//
// It does not know what the messages say (their packages do) nor who may send one: how each one ended it
// tells as a fact.
package messages
