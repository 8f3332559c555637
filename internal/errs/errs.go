// Package errs names the refusals of the program (it: i rifiuti): what a person asked for and
// could not have, each with a kind that decides the HTTP status and a key that decides the words.
//
// Its rules: a refusal has a kind and a message key, a fault (anything else) has neither and is
// shown as "something went wrong" with a request number; a refusal may name the fields it concerns,
// so that a form can show the reason beside what was typed; arguments of the message travel with it.
//
// It does not translate (package i18n) and knows no HTTP (package web/ui makes statuses of kinds).
package errs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is what sort of refusal an error is.
type Kind string

// The five kinds. Each becomes one HTTP status, in one place (web/ui).
const (
	Invalid     Kind = "invalid"     // what was typed cannot be accepted: 422
	Forbidden   Kind = "forbidden"   // the person may not do this at all: 403
	NotFound    Kind = "not_found"   // it is not there, or not for this person's eyes: 404
	Conflict    Kind = "conflict"    // somebody or something got there first: 409
	Unavailable Kind = "unavailable" // not now: too many tries, or the store is away: 429 or 503
)

// Args fill the {names} of a message.
type Args map[string]any

// TextKey is a value of Args that is itself the key of a text, written in the language of the reader.
type TextKey string

// Problem is one thing wrong with one field of a form or one column of a row.
type Problem struct {
	// Field is the form field or column, as it is named there; empty when the whole form is meant.
	Field string
	// Key is the message key, for example "codes.taxcode_check".
	Key string
	// Args fill the message.
	Args Args
}

// Refusal is an error that a person can do something about.
type Refusal struct {
	Kind     Kind
	Key      string
	Args     Args
	Problems []Problem
}

// New returns a refusal without fields. Keep it in a package variable and compare with errors.Is.
func New(kind Kind, key string) *Refusal { return &Refusal{Kind: kind, Key: key} }

// With returns a copy of r that carries args.
func (r *Refusal) With(args Args) *Refusal {
	c := *r
	c.Args = maps.Clone(args)
	return &c
}

// Error returns the kind, key and fields: for logs, never for people. Values typed are not in it.
func (r *Refusal) Error() string {
	if len(r.Problems) == 0 {
		return fmt.Sprintf("%s: %s", r.Kind, r.Key)
	}
	var parts []string
	for _, p := range r.Problems {
		parts = append(parts, p.Field+" "+p.Key)
	}
	return fmt.Sprintf("%s: %s (%s)", r.Kind, r.Key, strings.Join(parts, ", "))
}

// Is reports whether target is a refusal of the same kind and key, whatever its arguments.
func (r *Refusal) Is(target error) bool {
	t, ok := errors.AsType[*Refusal](target)
	return ok && t.Kind == r.Kind && t.Key == r.Key
}

// Of returns the kind of err, or "" when err is a fault or nil.
func Of(err error) Kind {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Kind
	}
	return ""
}

// Problems collects what is wrong with a form before it is refused as a whole.
type Problems []Problem

// Add notes that field has the problem key.
func (p *Problems) Add(field, key string, args ...Args) {
	one := Problem{Field: field, Key: key}
	if len(args) > 0 {
		one.Args = args[0]
	}
	*p = append(*p, one)
}

// Check notes the problem of err, under field, when err is a refusal; a fault is returned as it is.
func (p *Problems) Check(field string, err error) error {
	if err == nil {
		return nil
	}
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		return err
	}
	if len(r.Problems) > 0 {
		*p = append(*p, r.Problems...)
		return nil
	}
	*p = append(*p, Problem{Field: field, Key: r.Key, Args: r.Args})
	return nil
}

// Err returns nil when nothing was noted, else one Invalid refusal with every problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &Refusal{Kind: Invalid, Key: "form.invalid", Problems: slices.Clone(p)}
}
