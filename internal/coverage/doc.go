// Package coverage says how far people live from help (it: copertura): for each municipality the
// nearest point and the minutes to it, who is within reach and who is not, and what a municipality
// should know of the points around it.
//
// Its rules: people are counted where their municipality's town is, so that a municipality is reached
// as a whole or not at all; a point stands at the coordinates of its address, else in the town; an
// address counts when somebody is there, which for a tour means hours of its own; minutes come from
// package territory (a measured road first, else an estimate: "circa") and are rounded before they are
// compared, so that what is shown is what is counted; no road crosses the sea, and a small island
// without a point is a case of its own, neither near nor far; a municipality with a point of its own is
// reached even when its coordinates are not known. Sums are made from the municipalities shown, never
// kept.
//
// It plans nothing, draws nothing, and does not know which network asks.
package coverage
