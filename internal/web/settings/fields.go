package settings

import (
	"strconv"

	"capillare/internal/web/ui"
)

func numeric(f *ui.Field)   { f.InputMode, f.Width, f.MaxLength = "numeric", "short", 6 }
func telephone(f *ui.Field) { f.Type, f.Autocomplete, f.Width = "tel", "off", "medium" }
func mailbox(f *ui.Field)   { f.Type, f.Autocomplete = "email", "off" }
func short(f *ui.Field)     { f.Width, f.MaxLength = "medium", 11 }
func quiet(f *ui.Field)     { f.Quiet, f.Width = true, "medium" }
func asFile(f *ui.Field)    { f.Type, f.Value = "file", "" }

func number(n int) string { return strconv.Itoa(n) }
