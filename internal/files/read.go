package files

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"capillare/internal/errs"
)

const longestName = 120

// Read looks into an upload and returns it as it will be kept. It refuses with ErrEmpty, ErrTooLarge,
// ErrKind, ErrDamaged and ErrPixels. It may take a second: call it outside of transactions.
func Read(name string, content io.Reader, rules Rules) (Upload, error) {
	raw, err := io.ReadAll(io.LimitReader(content, MaxSize+1))
	switch {
	case err != nil:
		return Upload{}, fmt.Errorf("files: read an upload: %w", err)
	case len(raw) == 0:
		return Upload{}, ErrEmpty
	case len(raw) > MaxSize:
		return Upload{}, ErrTooLarge.With(errs.Args{"megabytes": MaxSize >> 20})
	}
	kind := kindOf(raw)
	if !slices.Contains(rules.Kinds, kind) {
		return Upload{}, ErrKind.With(errs.Args{"kinds": words(rules.Kinds)})
	}
	u := Upload{Kind: kind, content: raw}
	if kind == PDF {
		err = checkPDF(raw)
	} else {
		u, err = readPicture(raw, kind, rules)
	}
	u.Name = cleanName(name, u.Kind)
	return u, err
}

// kindOf tells the kind by the first bytes; "" when it is none of ours.
func kindOf(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case len(raw) > 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		return WebP
	case bytes.HasPrefix(raw, []byte("%PDF-")):
		return PDF
	}
	return ""
}

// pdfTail is how far from its end a PDF says that it ends, as readers look for it.
const pdfTail = 1024

// checkPDF refuses a PDF that was cut short.
func checkPDF(raw []byte) error {
	tail := raw[max(0, len(raw)-pdfTail):]
	if !bytes.Contains(tail, []byte("%%EOF")) || !bytes.Contains(tail, []byte("startxref")) {
		return ErrDamaged
	}
	return nil
}

// cleanName keeps the last part of a name without what no file system takes, and gives it the ending
// of what the file is.
func cleanName(name, kind string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	base = strings.TrimSuffix(base, path.Ext(base))
	base = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_.()", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(base, ""))
	base = strings.Trim(base, " ._")
	for len(base) > longestName {
		base = base[:strings.LastIndexFunc(base, func(rune) bool { return true })]
	}
	if base == "" {
		base = "file"
	}
	ending := map[string]string{JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}[kind]
	return base + ending
}

func words(kinds []string) string {
	names := map[string]string{JPEG: "JPEG", PNG: "PNG", WebP: "WebP", PDF: "PDF"}
	list := make([]string, len(kinds))
	for i, kind := range kinds {
		list[i] = names[kind]
	}
	return strings.Join(list, ", ")
}
