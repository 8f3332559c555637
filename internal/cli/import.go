package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"capillare/internal/app"
	"capillare/internal/config"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/imports"
)

type importCmd struct {
	Store    config.Store `embed:""`
	Kind     string       `arg:"" enum:"points,bodies,facilitators,duties,targets,territory,template" help:"What the file holds: points, bodies, facilitators, duties or targets; territory, for a folder of official files; or template, for a file to fill in."`
	Template string       `arg:"" optional:"" help:"After template: what the file will hold."`
	File     string       `name:"file" type:"existingfile" help:"CSV or XLSX file."`
	From     string       `name:"from" type:"existingdir" help:"After territory: the folder of official files."`
	Day      string       `name:"day" help:"After territory: the day of the files that do not say theirs, such as 2026-01-01." placeholder:"DAY"`
	Apply    bool         `name:"apply" help:"Change the network. Without it the file is only read and shown."`
	To       string       `name:"to" help:"After template: the file to write, ending in .xlsx or .csv."`
	Sample   bool         `name:"sample" help:"After template: with rows of this network that can be imported as they are."`
}

// errWrongRows ends an import that cannot be applied.
var errWrongRows = errors.New("nothing was changed: mend the rows above and import the whole file again")

// Run shows what the file would change, and changes it when asked: all of it or nothing.
func (i importCmd) Run(c *console) (err error) {
	switch {
	case i.Kind == "template" && (i.Template == "" || i.To == ""):
		return errors.New("say which template and where: capillare import template points --to points.xlsx")
	case i.Kind == "territory" && i.From == "":
		return errors.New("say which folder: capillare import territory --from DIR")
	case i.Kind != "template" && i.Kind != "territory" && i.File == "":
		return errors.New("say which file: --file FILE")
	}
	a, err := app.Open(c.ctx, app.Options{Store: i.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if _, err := a.Territory.Load(c.ctx); err != nil {
		return err
	}
	switch i.Kind {
	case "template":
		return i.template(c, a)
	case "territory":
		return i.territory(c, a)
	}
	return i.read(c, a)
}

// template writes a file to fill in; it never writes over another.
func (i importCmd) template(c *console, a *app.App) (err error) {
	form := imports.Form{Kind: i.Template, Format: strings.TrimPrefix(strings.ToLower(filepath.Ext(i.To)), "."), Filled: i.Sample}
	if form.Format != imports.XLSX && form.Format != imports.CSV {
		return fmt.Errorf("%s: a template ends in .xlsx or .csv", i.To)
	}
	f, err := os.OpenFile(i.To, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = a.Imports.Template(c.ctx, identity.System("cli"), form, i18n.Default().Printer(i18n.Italian), f)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(inWords(err), os.Remove(i.To))
	}
	c.printf("Written: %s\n", i.To)
	return nil
}

func (i importCmd) read(c *console, a *app.App) error {
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
