package network

import (
	"net/url"
	"regexp"
	"strings"

	"capillare/internal/errs"
)

// Block is a piece of a text: a heading, a paragraph, or a list when Items is not empty.
type Block struct {
	Heading bool
	Line    []Words
	Items   [][]Words
}

// Words is a run of words; with a Href it is a link.
type Words struct{ Text, Href string }

// ErrLink says that a link of a text leads nowhere we would send people.
var ErrLink = errs.New(errs.Invalid, "network.text_link")

var link = regexp.MustCompile(`\[([^\]\n]+)\]\(([^)\s]+)\)`)

// ParseText reads the small formatting of the texts: a blank line begins a paragraph, "# " a heading,
// "- " an item of a list, and [words](address) is a link. Everything else is plain words: nothing of
// what is typed reaches a page as HTML.
func ParseText(text string) ([]Block, error) {
	var out []Block
	fresh := true // whether the next line begins a new block
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			fresh = true
			continue
		}
		heading, isHeading := strings.CutPrefix(line, "# ")
		item, isItem := strings.CutPrefix(line, "- ")
		words := line
		if isHeading {
			words = heading
		} else if isItem {
			words = item
		}
		spans, err := parseLine(words)
		if err != nil {
			return nil, err
		}
		last := len(out) - 1
		switch {
		case isHeading:
			out = append(out, Block{Heading: true, Line: spans})
			fresh = true
			continue
		case isItem && last >= 0 && len(out[last].Items) > 0:
			out[last].Items = append(out[last].Items, spans)
		case isItem:
			out = append(out, Block{Items: [][]Words{spans}})
		case fresh || last < 0 || len(out[last].Items) > 0:
			out = append(out, Block{Line: spans})
		default:
			out[last].Line = append(append(out[last].Line, Words{Text: " "}), spans...)
		}
		fresh = false
	}
	return out, nil
}

func parseLine(s string) ([]Words, error) {
	var out []Words
	at := 0
	for _, m := range link.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			out = append(out, Words{Text: s[at:m[0]]})
		}
		href := s[m[4]:m[5]]
		if !safeLink(href) {
			return nil, ErrLink.With(errs.Args{"link": href})
		}
		out = append(out, Words{Text: s[m[2]:m[3]], Href: href})
		at = m[1]
	}
	if at < len(s) {
		out = append(out, Words{Text: s[at:]})
	}
	return out, nil
}

// safeLink reports whether people may be sent there: a page of ours, a page over https, a mailbox, a phone.
func safeLink(href string) bool {
	u, err := url.Parse(href)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "":
		return u.Host == "" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.Contains(href, `\`)
	case "https":
		return u.Host != "" && u.User == nil
	case "mailto", "tel":
		return u.Opaque != ""
	}
	return false
}
