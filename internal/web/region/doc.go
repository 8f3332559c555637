// Package region holds the pages of progress (it: andamento): how far a programme is from its targets,
// by project, province, body, point and month, down to the records behind a figure.
//
// Its rules: every figure comes from packages monitoring and register for the person who asks, so that
// a body sees its own share; each drawing stands beside the table with the same figures; a target at
// risk says so in words; what each figure means is written on the page; records are listed only for
// who sees the register, and never with names.
//
// The pages of the territory (it: copertura, comuni) stand here too: who lives near a point, by province
// and by class, every figure a link to the municipalities behind it, and the page of each of them. The
// map comes after the lists and says nothing that they do not.
//
// It counts nothing itself and changes nothing.
package region
