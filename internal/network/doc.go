// Package network holds the one network that a database serves (it: la rete): its name, region,
// contacts, looks, legal texts, and the rules that hold for all of it.
//
// Its rules: there is one network in each database, set up once and changed later by who may set it
// up, and each change says in the audit what was and what is; the phone has a week of hours, national
// holidays and closed days; a legal text is a draft until it is published, has a number and a day from
// then on, and never changes again; the number of the privacy notice in force is what bookings and
// records remember; how long each class of data is kept lies between a lawful minimum and maximum, and
// every class has a job that obeys it; a demo says so (Invented) on every page.
//
// It does not hold points, bodies or programmes (packages points, orgs, funding), nor options of the
// process such as addresses and files (package config), and deletes nothing of others: they ask it for
// how long.
package network
