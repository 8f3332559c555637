package ui

import (
	"net/http"
	"net/url"
	"strings"
)

// clean takes out of s what PostgreSQL cannot keep and nobody types: NUL and broken UTF-8.
func clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") }

func cleanValues(values url.Values) url.Values {
	for _, all := range values {
		for i, v := range all {
			all[i] = clean(v)
		}
	}
	return values
}

// longestQuery is more than any link or form of ours writes. Beyond it searches become slow, and SQLite
// refuses the pattern.
const longestQuery = 8000

// cleaned returns r with a query that every store can be asked; it is not ok when the address cannot be
// that of any page.
func cleaned(r *http.Request) (*http.Request, bool) {
	if clean(r.URL.Path) != r.URL.Path || len(r.URL.RawQuery) > longestQuery {
		return r, false
	}
	query, err := url.QueryUnescape(r.URL.RawQuery)
	if err == nil && clean(query) == query {
		return r, true
	}
	address := *r.URL
	address.RawQuery = cleanValues(r.URL.Query()).Encode()
	r = r.WithContext(r.Context())
	r.URL = &address
	return r, true
}
