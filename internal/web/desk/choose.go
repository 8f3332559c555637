package desk

import "net/http"

// choosePage asks whose work to see.
type choosePage struct {
	Subject subject
	// Action is the page to come back to, Day what it was asked about.
	Action, Day string
}

func chooseOf(r *http.Request, s subject, action string) choosePage {
	return choosePage{Subject: s, Action: action, Day: r.URL.Query().Get("giorno")}
}
