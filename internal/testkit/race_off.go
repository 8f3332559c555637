//go:build !race

package testkit

// race says that the tests were built with the race detector.
const race = false
