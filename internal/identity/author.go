package identity

// AuditID returns the account for the audit: empty for the program itself and for the public.
func (a Actor) AuditID() string { return a.AccountID }

// AuditRole returns what a was acting as, for the audit.
func (a Actor) AuditRole() string { return a.RoleName() }

// AuditRequest returns the number of the request, for the audit.
func (a Actor) AuditRequest() string { return a.RequestID }

// Public is whoever is not signed in; request goes into the audit rows.
func Public(request string) Actor { return Actor{RequestID: request} }

// HasRole reports whether a holds role now, in whatever scope: to choose a page, never to decide.
func (a Actor) HasRole(role Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}
