// Package calendar holds Italian civil time (it: il calendario): days, minutes of a day, weekdays,
// weekly opening bands (it: fasce orarie), recurrences (it: ricorrenze), national holidays and ages.
//
// Its rules: there is one time zone, Rome; a Day has no hour and a Minute has no day, and only
// Day.At joins them, knowing that a wall clock may skip an hour in March and repeat one in October;
// bands of one weekday never overlap once Normal has passed them.
//
// It asks no clock (the caller brings the instant), knows no patron saints (a field of the
// municipality) and writes no words for people: package i18n turns days and keys into sentences.
package calendar
