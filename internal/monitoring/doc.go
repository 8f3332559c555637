// Package monitoring compares what a programme reached with what it promised (it: avanzamento): the
// four national indicators, against dated targets, for the whole programme, each project and each
// province.
//
// Its rules: figures come from the services that own them and only over the points that the person
// sees; unique citizens are the unique accesses (C1) of package register, which add up; a target of
// the programme is shown only to who sees the whole of it, others see the sum of their projects.
//
// The pace is linear: at a day the expected value is the target times the days gone since the start
// of the programme over the days from that start to the due date, both ends included. Below 85 % of
// it the target is at risk. The forecast carries the same average pace on to the due date; of points and
// facilitators, which do not grow by themselves, it is what there is.
//
// A province has no targets of its own: it takes those of the projects whose points all lie in it.
//
// It does not set targets (package funding) and keeps nothing.
package monitoring
