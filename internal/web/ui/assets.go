package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"sync"
	"time"
)

//go:embed all:static
var embeddedStatic embed.FS

// ErrNoAssets says that the program was built without its style sheets, icons and fonts.
var ErrNoAssets = errors.New("style sheets, icons and fonts are not built in: run \"npm ci && npm run build\", then build again")

// assets is what the asset step made: files by name with the hash of their content.
type assets struct {
	built    bool
	palettes []Palette // the usual one first
	hashes   map[string]string
	files    map[string]file
	inline   map[string]inlined // by name of the palette
	icons    map[string]icon
}

// inlined is the public sheet of a palette as entry pages carry it, with its hash for the policy.
type inlined struct{ text, hash string }

type file struct {
	body, zipped []byte
	kind         string
}

type icon struct{ viewBox, body string }

var loadAssets = sync.OnceValue(func() *assets {
	a, err := readAssets(embeddedStatic)
	if err != nil {
		panic(fmt.Sprintf("ui: embedded static files: %v", err))
	}
	return a
})

// CheckAssets returns ErrNoAssets when the asset step was not run before the build.
func CheckAssets() error {
	if !loadAssets().built {
		return ErrNoAssets
	}
	return nil
}

// Asset returns the address of a static file, with the hash of its content in it.
func Asset(name string) string {
	hash, ok := loadAssets().hashes[name]
	if !ok {
		hash = "0"
	}
	return "/static/" + hash + "/" + name
}

func readAssets(fsys fs.FS) (*assets, error) {
	a := &assets{hashes: map[string]string{}, files: map[string]file{}, icons: map[string]icon{}, inline: map[string]inlined{}}
	raw, err := fs.ReadFile(fsys, "static/assets.json")
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	var list struct {
		Palettes []Palette         `json:"palettes"`
		Files    map[string]string `json:"files"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("assets.json: %w", err)
	}
	a.palettes, a.hashes = list.Palettes, list.Files
	for name := range a.hashes {
		if a.files[name], err = readFile(fsys, name); err != nil {
			return nil, err
		}
	}
	for _, p := range a.palettes {
		inline, err := fs.ReadFile(fsys, path.Join("static", a.of("inline.css", p.Name)))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(inline)
		a.inline[p.Name] = inlined{text: string(inline), hash: base64.StdEncoding.EncodeToString(sum[:])}
	}
	a.icons = readIcons(a.files["sprites.svg"].body)
	a.built = true
	return a, nil
}

func readFile(fsys fs.FS, name string) (file, error) {
	body, err := fs.ReadFile(fsys, path.Join("static", name))
	if err != nil {
		return file{}, err
	}
	f := file{body: body, kind: contentType(name)}
	zipped, err := fs.ReadFile(fsys, path.Join("static", name+".gz"))
	if err == nil {
		f.zipped = zipped
	}
	return f, nil
}

// contentType does not ask the machine first, because its table of types differs from one to another.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return mime.TypeByExtension(path.Ext(name))
}

var symbol = regexp.MustCompile(`(?s)<symbol id="([^"]+)"[^>]*viewBox="([^"]+)"[^>]*>(.*?)</symbol>`)

func readIcons(sprite []byte) map[string]icon {
	icons := map[string]icon{}
	for _, m := range symbol.FindAllSubmatch(sprite, -1) {
		icons[string(m[1])] = icon{viewBox: string(m[2]), body: string(m[3])}
	}
	return icons
}

// staticFiles serves the built files. An address holds the hash of the content, so it never changes
// meaning and is kept for a year; an old hash is answered with the present file, not kept.
func staticFiles() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stateOf(r.Context()).pattern = "GET /static/"
		a, name := loadAssets(), r.PathValue("name")
		f, ok := a.files[name]
		if !ok {
			stateOf(r.Context()).server.fail(w, r, errNoPage)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		if r.PathValue("hash") == a.hashes[name] {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Content-Type", f.kind)
		h.Set("Vary", "Accept-Encoding")
		body := f.body
		if f.zipped != nil && acceptsGzip(r) && r.Header.Get("Range") == "" {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(f.zipped)))
			body = f.zipped
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}
