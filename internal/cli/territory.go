package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"capillare/internal/app"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/territory"
)

// listedChanges bounds how many municipalities of each sort are named.
const listedChanges = 20

// errStopped ends an import that cannot be done.
var errStopped = errors.New("nothing was changed: see why above")

// territory shows what the official files of a folder would change, and changes it when asked: all of it
// or nothing.
func (i importCmd) territory(c *console, a *app.App) error {
	files, err := i.officialFiles()
	if err != nil {
		return err
	}
	set, err := a.Network.Setting(c.ctx)
	if err != nil && !errors.Is(err, network.ErrNotSetUp) {
		return err
	}
	who := identity.System("cli")
	plan, err := a.Territory.Plan(c.ctx, who, files, set.RegionCode)
	if err != nil {
		return inWords(err)
	}
	printPlan(c, &plan.Preview)
	switch {
	case len(plan.Stops) > 0:
		return errStopped
	case plan.Empty():
		c.printf("0 new, 0 changed. All of this was known already.\n")
		return nil
	case !i.Apply:
		c.printf("Nothing was changed. Add --apply to change the territory.\n")
		return nil
	}
	if err := a.Territory.Apply(c.ctx, who, plan); err != nil {
		return inWords(err)
	}
	c.printf("Applied: %d new, %d changed.\n", plan.Added(), plan.Changed())
	return nil
}

// officialFiles returns the files of the folder, with the day that was given for those that do not say theirs.
func (i importCmd) officialFiles() ([]territory.Upload, error) {
	files, err := filesIn(i.From)
	if err != nil || i.Day == "" {
		return files, err
	}
	day, err := calendar.ParseDay(i.Day)
	if err != nil {
		return nil, fmt.Errorf("--day %s is not a day: write it as 2026-01-31", i.Day)
	}
	for n := range files {
		files[n].Day = day
	}
	return files, nil
}

// filesIn returns the files of a folder, hidden ones and folders left out.
func filesIn(dir string) ([]territory.Upload, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []territory.Upload
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		files = append(files, territory.Upload{Name: e.Name(), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no files", dir)
	}
	return files, nil
}

func printPlan(c *console, v *territory.Preview) {
	p := i18n.Default().Printer(i18n.English)
	for _, f := range v.Files {
		printFile(c, p, f)
	}
	c.printf("In force: %d municipalities, %d residents, %d of 65 and older.\n", v.InForce, v.Residents, v.From65)
	for _, list := range []struct {
		title string
		rows  []territory.TownChange
	}{{"new", v.New}, {"ceased", v.Ceased}, {"renamed", v.Renamed}, {"recoded", v.Recoded}} {
		c.printf("%d %s\n", len(list.rows), list.title)
		for n, t := range list.rows {
			if n == listedChanges {
				c.printf("  ... and %d more\n", len(list.rows)-n)
				break
			}
			c.printf("  %s %s (%s) %s -> %s %s\n", t.Belfiore, t.Name, t.Province, t.From, t.To, t.On)
		}
	}
	c.printf("Of former times: %d new. Changed: lists %d, residents %d, ages %d, classes %d, inner areas %d, histories %d; confirmed %d.\n",
		v.Past, v.Lists, v.Populations, v.Ages, v.Classes, v.InnerAreas, v.Histories, v.Confirmed)
	c.printf("New and changed: boundaries %d and %d, trips %d and %d, broadband %d and %d, bodies %d and %d.\n",
		v.Boundaries.New, v.Boundaries.Changed, v.Travel.New, v.Travel.Changed, v.Broadband.New, v.Broadband.Changed, v.Bodies.New, v.Bodies.Changed)
	for _, stop := range v.Stops {
		c.printf("STOPPED: %s\n", p.T(stop.Key, stop.Args))
	}
}

func printFile(c *console, p i18n.Printer, f *territory.FileReport) {
	c.printf("%s: %s %s, %d rows", f.Name, f.Kind, f.Reference, f.Rows)
	if f.Wrong+f.Unknown > 0 {
		c.printf(", %d wrong, %d unknown", f.Wrong, f.Unknown)
	}
	c.printf("\n")
	if f.Aside != "" {
		c.printf("  left out: %s\n", p.T(f.Aside, f.AsideArgs))
	}
	for _, n := range f.Notices {
		c.printf("  note: %s\n", p.T(n.Key, n.Args))
	}
	for n, one := range f.Problems {
		if n == listedChanges {
			c.printf("  ... and %d more\n", len(f.Problems)-n)
			break
		}
		text := p.Problem(errs.Problem{Key: one.Key, Args: one.Args})
		if one.Row == 0 {
			c.printf("  note: %s\n", text)
			continue
		}
		c.printf("  row %d, column %s, value %q: %s\n", one.Row, one.Column, one.Value, text)
	}
}
