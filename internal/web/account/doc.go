// Package account holds the pages about who works here (it: le pagine degli accessi): signing in and
// out, one's own password and roles, the accounts and roles of everybody for those who administer
// them, and the first start.
//
// Its rules: a wrong password, an unknown address and a disabled account get the same page; a first
// password is shown once, to be told to the person, and never again; the first administrator is made
// only while there is none, by who can read what the program prints at its start; the check list of
// the first start counts what is there and stores nothing.
//
// It does not decide who may do what (package identity does).
package account
