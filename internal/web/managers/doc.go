// Package managers holds the pages of who runs the network (it: gestione): managing bodies, delivering
// partners and the region keep their points, hours, closures, shifts, people, bodies, programmes and
// the setting of the network, and take out the national file.
//
// Its rules: every list and record is asked of its service with the person who asks, so that another
// body's record answers 404; a refused form comes back with what was typed and the reason beside the
// field; a point that somebody else changed meanwhile shows what is different before it is saved; a
// closure names the appointments it touches before it is made; lists can be taken out as CSV.
//
// It decides nothing about authority (services do) and does not read files in (the import pages do).
package managers
