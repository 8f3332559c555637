// Package official reads the files that Italian offices publish about the territory (it: le fonti
// ufficiali): ISTAT's lists, changes, residents, classes and travel times, the archive of ANPR, the
// index of public bodies, boundaries, broadband. Bytes come in, typed rows go out.
//
// Its rules: what is in a file says which kind it is, never only its name; columns are found by name,
// because they move from year to year; codes are text with their zeros, also where a spreadsheet made
// numbers of them; titles, notes and totals are skipped and counted; a row that cannot be trusted is
// left out and told with its row and column; a file without a column that it needs is refused whole;
// names of persons are never kept; sizes are bounded, and long files are read as a stream.
//
// It does not resolve codes, compare files or keep anything: that is the work of package territory.
package official
