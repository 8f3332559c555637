// Package facilita writes the national file of services (it: tracciato CSV di Facilita): 33 columns in
// their order, one row for each person of each service.
//
// Its rules: only people with a tax code are in it, because the national platform takes no others; a
// row that would be refused for a reason that can be known is left out and reported with that reason;
// several answers are joined by ":" without spaces; no quotation marks or line breaks inside texts;
// at most 9,000 rows a file, and the people of one service always in one file; two services that the
// platform would take for one are kept apart by their hour in the details. Each export is audited,
// with numbers and never with names.
//
// It does not decide what counts (package register), and does not send anything: a person uploads it.
package facilita
