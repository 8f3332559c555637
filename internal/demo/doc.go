// Package demo builds an invented network of the true size over the real municipalities (it: rete
// dimostrativa), to try the program, to test it and to measure it.
//
// Its rules: everything goes through the services, with all their rules, so that a demo can hold nothing that a real
// network could not; people, tax codes and phone numbers are invented and the network says so on every page;
// the same region, day, seed and scale give the same network (ids apart). Sizes, ages, topics and kinds of service
// follow what the networks publish: Basilicata 32 points, 25,000 citizens, 37,500 services; Tuscany 169, 136,000, 204,000;
// ages 18-29 17 %, 30-54 47 %, 55-74 29 %, 75 and over 7 %; 54 % women; four services in five one to one; health first.
// Beside the points that work, three do not yet or not now, and some have what a network meets: too short a week, a
// season, an exceptional opening, a day of closure for all, patron's days.
//
// It does not empty a database: it wants one without a network.
package demo
