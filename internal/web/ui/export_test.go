package ui

// InlineSize returns how many bytes the inlined sheet takes, compressed: the budget of entry pages.
func InlineSize() int {
	return len(compress([]byte(loadAssets().inline[loadAssets().palettes[0].Name].text)))
}
