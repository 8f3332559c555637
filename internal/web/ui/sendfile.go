package ui

import (
	"mime"
	"net/http"
	"strconv"

	"capillare/internal/files"
)

// SendFile answers with a kept file; the handler has asked for the authority. A picture is shown, a
// document is downloaded: nothing of what was sent in ever runs as a page of ours.
func SendFile(w http.ResponseWriter, r *http.Request, store *files.Service, id string) error {
	f, err := store.ByID(r.Context(), id)
	if err != nil {
		return err
	}
	tag := `"` + f.SHA256 + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, content, err := store.Open(r.Context(), id)
	if err != nil {
		return err
	}
	h.Set("Content-Type", f.Type())
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	way := "attachment"
	if f.Picture() {
		way = "inline"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(way, map[string]string{"filename": f.Name}))
	_, err = w.Write(content)
	return err
}
