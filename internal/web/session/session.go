// Package session hands pages who is asking (it: chi è entrato).
//
// Its rules: package web puts the session into the context of a request once, before the guard; pages
// only read it; the secret travels in a __Host- cookie alone; a request without a session has an Actor that may do nothing but carries the number
// of the request for the audit.
//
// It decides nothing: services do, by the Actor. [Door] reads and writes the cookie.
package session

import (
	"context"
	"net/http"

	"capillare/internal/identity"
)

// Current is who is asking in one request.
type Current struct {
	// Actor may do nothing when nobody is signed in.
	Actor identity.Actor
	// Session is the zero value when nobody is signed in.
	Session identity.Session
	// Token is the secret of the session, for signing out.
	Token string
}

// SignedIn reports whether somebody is signed in.
func (c Current) SignedIn() bool { return c.Session.AccountID != "" }

type key struct{}

// With returns ctx with c in it.
func With(ctx context.Context, c Current) context.Context { return context.WithValue(ctx, key{}, c) }

// Of returns who is asking in ctx; the zero Current when nobody was put there.
func Of(ctx context.Context) Current {
	c, _ := ctx.Value(key{}).(Current)
	return c
}

// Actor returns who is asking in r: what every method of a service wants.
func Actor(r *http.Request) identity.Actor { return Of(r.Context()).Actor }
