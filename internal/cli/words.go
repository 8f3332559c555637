package cli

import (
	"errors"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/i18n"
)

// inWords gives a refusal its English words: commands speak English, pages Italian first.
func inWords(err error) error {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return err
	}
	p := i18n.Default().Printer(i18n.English)
	text := p.Refusal(r)
	var lines []string
	for _, one := range r.Problems {
		lines = append(lines, one.Field+": "+p.Problem(one))
	}
	if len(lines) > 0 {
		text += "\n  " + strings.Join(lines, "\n  ")
	}
	return errors.New(text)
}
