package ui

import (
	"context"
	"path"
	"strings"
)

// Palette is a set of colours that the network can choose; the asset step makes its sheets, and refuses
// one that people could not read.
type Palette struct {
	Name string `json:"name"`
	// Color is the main one, "#005f6b"; Contrast is the least that it has on our grounds.
	Color    string  `json:"color"`
	Contrast float64 `json:"contrast"`
}

// MinContrast is what WCAG 2.2 AA asks of words on their ground.
const MinContrast = 4.5

// Palettes returns the palettes, the usual one first.
func Palettes() []Palette { return loadAssets().palettes }

// palette returns the palette of a name, or the usual one.
func (a *assets) palette(name string) Palette {
	for _, p := range a.palettes {
		if p.Name == name {
			return p
		}
	}
	if len(a.palettes) > 0 {
		return a.palettes[0]
	}
	return Palette{}
}

// of returns the file that stands for file in a palette: "public-bosco.css" for "public.css".
func (a *assets) of(file, name string) string {
	chosen := a.palette(name)
	if len(a.palettes) == 0 || chosen == a.palettes[0] {
		return file
	}
	end := path.Ext(file)
	return strings.TrimSuffix(file, end) + "-" + chosen.Name + end
}

// dressed notes the palette of the page and returns the file that stands for file in it.
func dressed(ctx context.Context, p Page, file string) string {
	stateOf(ctx).palette = p.Network.Palette
	return loadAssets().of(file, p.Network.Palette)
}
