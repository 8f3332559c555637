// Package feeds holds the pages of shared calendars (it: le pagine dei calendari condivisi): making the
// secret address of the agenda of a person or of a point, renewing and deleting it; and the calendar itself
// at that address, for calendar programs.
//
// The address is shown once, when it is made: nobody can read it again, not even here. Whose it is and what
// it may show is decided by package feeds.
package feeds
