// Package web puts the pages together into one site (it: il sito): it collects the routes of every
// audience, and stands at the door.
//
// Its rules: a route says who may use it, and what it does not say is refused; who is asking is found
// once for each request, from the cookie of the session; whoever is not signed in goes to the sign-in
// page and comes back to where they were; a password that somebody else gave must be changed first;
// what anybody may post is limited by address; a menu holds only what the person may open.
//
// It does not decide about single records: services do, by the Actor. It holds no pages of its own but
// the one that sends each person to the first useful page.
package web
