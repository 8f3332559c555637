// Package territory holds where things are (it: il territorio): municipalities with their codes,
// provinces, regions, postal codes, residents and coordinates, and how a place is found by name.
//
// Its rules: the Belfiore code is the key of a municipality, because ISTAT renumbers (Sardinia in
// 2026) and the land registry does not; codes are text and keep their zeros; a municipality may have
// no coordinates, and then it has no distance either; the seed that comes with the program is a
// beginning of 2020, brought up to date by importing the official files; names are compared folded.
//
// It does not hold points, opening hours or travel plans (packages points, agenda, touring), and it
// does not compute distances (package geo).
package territory
