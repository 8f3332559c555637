package cli

import (
	"errors"
	"os"
	"path/filepath"

	"capillare/internal/app"
	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/imports"
)

type importCmd struct {
	Store config.Store `embed:""`
	Kind  string       `arg:"" enum:"points,facilitators,targets" help:"What the file holds: points, facilitators or targets."`
	File  string       `name:"file" required:"" type:"existingfile" help:"CSV or XLSX file."`
	Apply bool         `name:"apply" help:"Change the network. Without it the file is only read and shown."`
}

// errWrongRows ends an import that cannot be applied.
var errWrongRows = errors.New("nothing was changed: mend the rows above and import the whole file again")

// Run shows what the file would change, and changes it when asked: all of it or nothing.
func (i importCmd) Run(c *console) (err error) {
	a, err := app.Open(c.ctx, app.Options{Store: i.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if _, err := a.Territory.Load(c.ctx); err != nil {
		return err
	}
	f, err := os.Open(i.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	who := identity.System("cli")
	batch, err := a.Imports.Preview(c.ctx, who, i.Kind, filepath.Base(i.File), f)
	if err != nil {
		return inWords(err)
	}
	p := i18n.Default().Printer(i18n.English)
	c.printf("%s: %d new, %d changed, %d as they are, %d wrong\n", filepath.Base(i.File), batch.Added, batch.Changed, batch.Unchanged, batch.Wrong)
	for _, one := range batch.Problems {
		c.printf("  wrong    row %d, column %s, value %q: %s\n", one.Row, one.Column, one.Value, p.Problem(errs.Problem{Key: one.Key, Args: one.Args}))
	}
	for _, one := range batch.Warnings {
		c.printf("  warning  row %d, column %s, value %q: %s\n", one.Row, one.Column, one.Value, p.Problem(errs.Problem{Key: one.Key, Args: one.Args}))
	}
	switch {
	case batch.Wrong > 0:
		return errors.Join(errWrongRows, discard(c, a, who, batch))
	case !i.Apply:
		c.printf("Nothing was changed. Add --apply to change the network.\n")
		return discard(c, a, who, batch)
	}
	if batch, err = a.Imports.Apply(c.ctx, who, batch.ID); err != nil {
		return inWords(err)
	}
	c.printf("Applied: %d new, %d changed, %d as they were.\n", batch.Added, batch.Changed, batch.Unchanged)
	return nil
}

func discard(c *console, a *app.App, who identity.Actor, b imports.Batch) error {
	return a.Imports.Discard(c.ctx, who, b.ID)
}
