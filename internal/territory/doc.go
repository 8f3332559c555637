// Package territory holds where things are (it: il territorio): municipalities with their codes,
// provinces, regions, postal codes, residents, classes, boundaries, travel times and coordinates, how a
// place is found by name, and how official files bring all of it up to date.
//
// Its rules: the Belfiore code is the key of a municipality, because ISTAT renumbers (Sardinia in
// 2026) and the land registry does not; an ISTAT code means something only on a day; codes are text and
// keep their zeros; a municipality that has ceased keeps its row, and what is about today speaks of its
// heir; a municipality may have no coordinates, and then it has no distance either; no estimate of a
// drive crosses the sea; names are compared folded; who says what, and of which day, is kept with it.
//
// The seed that comes with the program is a beginning of 2020. An import of official files is planned
// (read outside of any transaction, compared, shown) and then applied whole or not at all; the same
// again changes nothing; an older file never replaces a newer one; what would make municipalities
// vanish without a reason is refused.
//
// It does not read the layouts of official files (package territory/official), does not hold points,
// opening hours or coverage (packages points, coverage), and does not know which network asks.
package territory
