package ui

import "net/http"

// Handler answers one request or says why not. A refusal of package errs becomes its status and
// page; any other error becomes a 500 page with the request number.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Access says who may use a route: Public, SignedIn, or else the name of a permission.
type Access string

// The accesses that are not permissions.
const (
	Public   Access = "public"    // anybody
	SignedIn Access = "signed_in" // whoever is signed in
)

// Route is one way in: a pattern, who may use it, and what answers. Routes are data, so that a test
// can walk all of them with every role.
type Route struct {
	// Pattern is a pattern of http.ServeMux with its method: "GET /punti/{code}".
	Pattern string
	// Access says who may use the route. Empty is refused by Server.Handler.
	Access Access
	// Handle answers.
	Handle Handler
	// MaxBody is the largest body accepted, in bytes; 0 means Server.MaxBody.
	MaxBody int64
}

// Guard wraps the handler of a route with the check of its access.
type Guard func(Route) func(Handler) Handler
