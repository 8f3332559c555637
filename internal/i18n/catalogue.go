// Package i18n holds the words of the interface (it: i testi dell'interfaccia) in each language, and
// the Italian and English ways of writing numbers, days, hours and money.
//
// Its rules: a text has a key ("agenda.full") and stands in one file for each area and language
// (catalogue/agenda.it.json, catalogue/agenda.en.json), flat JSON; a key stands once; every language
// has the same keys and the same {names}; a text that counts has the pair key.one and key.other.
// A missing key is shown in brackets, so that it is seen.
//
// It does not choose the language of a request (package web/ui does) and knows no HTML.
package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed catalogue/*.json
var embedded embed.FS

// Lang is a language of the interface, as an ISO 639-1 code.
type Lang string

// The languages that the interface speaks. Italian comes first and is the fallback.
const (
	Italian Lang = "it"
	English Lang = "en"
)

// Languages returns the languages of the interface, the fallback first.
func Languages() []Lang { return []Lang{Italian, English} }

// Catalogue is every text of the interface in every language. It does not change after Load.
type Catalogue struct {
	texts map[Lang]map[string]string
}

var loadDefault = sync.OnceValue(func() *Catalogue {
	sub, err := fs.Sub(embedded, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("i18n: embedded catalogue: %v", err))
	}
	c, err := Load(sub)
	if err != nil {
		panic(fmt.Sprintf("i18n: embedded catalogue: %v", err))
	}
	return c
})

// Default returns the catalogue built into the program.
func Default() *Catalogue { return loadDefault() }

// Load reads every "area.lang.json" at the top of fsys into one catalogue. A key that stands twice in
// the same language, in one file or in two, is an error, and so is a language that is not ours.
func Load(fsys fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{texts: map[Lang]map[string]string{}}
	for _, lang := range Languages() {
		c.texts[lang] = map[string]string{}
	}
	for _, name := range names {
		lang, err := langOf(name)
		if err != nil {
			return nil, err
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := merge(c.texts[lang], raw); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

func langOf(name string) (Lang, error) {
	stem := strings.TrimSuffix(name, ".json")
	dot := strings.LastIndexByte(stem, '.')
	lang := Lang(stem[dot+1:])
	if dot < 1 || !slices.Contains(Languages(), lang) {
		return "", fmt.Errorf("%s: the name is not area.it.json or area.en.json", name)
	}
	return lang, nil
}

// merge reads one flat object. It goes by tokens because a map would swallow a key that stands twice.
func merge(into map[string]string, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not a flat JSON object")
	}
	for dec.More() {
		key, err := token(dec)
		if err != nil {
			return err
		}
		text, err := token(dec)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if _, twice := into[key]; twice {
			return fmt.Errorf("key %q stands twice", key)
		}
		into[key] = text
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the object")
	}
	return nil
}

func token(dec *json.Decoder) (string, error) {
	t, err := dec.Token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%v is not a text", t)
	}
	return s, nil
}

// Keys returns the keys of lang in order.
func (c *Catalogue) Keys(lang Lang) []string {
	keys := make([]string, 0, len(c.texts[lang]))
	for k := range c.texts[lang] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Text returns the text of key in lang as it is written, with its {names}.
func (c *Catalogue) Text(lang Lang, key string) (string, bool) {
	s, ok := c.texts[lang][key]
	return s, ok
}

// Printer returns a printer for lang, or for Italian when lang is not ours.
func (c *Catalogue) Printer(lang Lang) Printer {
	if !slices.Contains(Languages(), lang) {
		lang = Italian
	}
	return Printer{cat: c, lang: lang}
}

// Match returns the language of the interface that fits an Accept-Language header best.
func Match(acceptLanguage string) Lang {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Italian
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		if lang := Lang(base.String()); slices.Contains(Languages(), lang) {
			return lang
		}
	}
	return Italian
}
