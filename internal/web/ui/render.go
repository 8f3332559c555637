package ui

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// smallest body worth compressing; below it the gzip frame eats the gain.
const gzipFrom = 1000

var gzips = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// Render writes component as the whole answer. It renders into memory first, so that an error in a
// template is a 500 page and not half a page.
func Render(w http.ResponseWriter, r *http.Request, status int, component templ.Component) error {
	var page bytes.Buffer
	st := stateOf(r.Context())
	st.inline, st.sheet, st.palette = false, "", ""
	if err := component.Render(r.Context(), &page); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	h := w.Header()
	if st.inline {
		a := loadAssets()
		h.Set("Content-Security-Policy", policy(a.inline[a.palette(st.palette).Name].hash))
	}
	rememberSheet(w, st)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(st.printer.Lang()))
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie, Sec-Fetch-Site")
	body := page.Bytes()
	if len(body) >= gzipFrom && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	// The client may be gone by now, and there is nobody left to tell.
	_, _ = w.Write(body)
	return nil
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	z, _ := gzips.Get().(*gzip.Writer)
	defer gzips.Put(z)
	z.Reset(&out)
	// A bytes.Buffer does not fail.
	_, _ = z.Write(body)
	_ = z.Close()
	return out.Bytes()
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

const (
	publicSheet = "public.css"
	sheetCookie = "sheet"
)

// cachedSheet returns the hash of the public sheet that the browser was given before, if any.
func cachedSheet(r *http.Request) string {
	if c, err := r.Cookie(sheetCookie); err == nil {
		return c.Value
	}
	return ""
}

// rememberSheet notes in the browser that it has the public sheet: entry pages then link it, with its
// fonts, instead of carrying it. The cookie is the same for everybody.
func rememberSheet(w http.ResponseWriter, st *state) {
	a := loadAssets()
	sheet := a.of(publicSheet, st.palette)
	hash := a.hashes[sheet]
	if st.sheet != sheet || hash == "" || st.cached == hash {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sheetCookie, Value: hash, Path: "/", MaxAge: 30 * 24 * 3600,
		HttpOnly: true, Secure: st.server.Secure, SameSite: http.SameSiteLaxMode,
	})
}
