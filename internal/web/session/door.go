package session

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// cookieName begins with __Host-: browsers take such a cookie only over https (or from this machine),
// for this very host, and send it nowhere else.
const cookieName = "__Host-capillare"

// Door reads and writes the cookie of a session, and knows where requests come from.
type Door struct {
	// Proxy trusts X-Forwarded-For and X-Forwarded-Proto: only when every request comes through a
	// proxy of ours that sets them.
	Proxy bool
}

// Token returns the secret that r carries, or "".
func (d Door) Token(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// Open sends the browser the secret of a session. It lasts until the browser is closed, because desks
// are shared, or until the server ends it.
func (d Door) Open(w http.ResponseWriter, token string) { http.SetCookie(w, cookie(token, 0)) }

// Close makes the browser forget the secret.
func (d Door) Close(w http.ResponseWriter) { http.SetCookie(w, cookie("", -1)) }

func cookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}
}

// Possible reports whether a browser would keep the cookie: over https, or on this machine.
func (d Door) Possible(r *http.Request) bool { return d.HTTPS(r) || local(r.Host) }

// HTTPS reports whether the browser of r speaks https, with us or with the proxy.
func (d Door) HTTPS(r *http.Request) bool {
	return r.TLS != nil || d.Proxy && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// ClientIP returns the address that r comes from.
func (d Door) ClientIP(r *http.Request) string {
	if d.Proxy {
		// The last address is the one that our own proxy saw; those before it are hearsay.
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if addr, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			return addr.Unmap().String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Neighbourhood returns what limits are counted for: an IPv4 address, or the /64 that one subscriber
// of IPv6 has to himself.
func (d Door) Neighbourhood(r *http.Request) string {
	ip := d.ClientIP(r)
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
