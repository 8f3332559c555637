// Package identity keeps who works in the network and decides what they may do (it: gli accessi):
// accounts, passwords, sessions, roles held in a scope for some days, permissions.
//
// Its rules: authority is decided in one place, [Actor.Require], and what is not granted is refused;
// a role holds from a day to a day, in Rome, and is looked up at each request, so that ending it works
// at once; there is always an administrator who can sign in, and no change brings forward the day on
// which a body would be without its referent ([ReferentGone]); an invitation and a forgotten password are
// links that open once, for some days, of which only the hash is kept; a wrong password, an unknown
// address and a disabled account get the same answer after the same work; a session is a secret of
// 256 bits of which only the SHA-256 is kept.
//
// It does not know what a body, a project or a point is: a scope is an id. It knows no cookies
// (package web) and nothing of citizens, who have no account.
package identity
