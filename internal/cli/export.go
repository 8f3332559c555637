package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"capillare/internal/app"
	"capillare/internal/calendar"
	"capillare/internal/config"
	"capillare/internal/facilita"
	"capillare/internal/funding"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/opendata"
)

type exportCmd struct {
	Points   exportPointsCmd   `cmd:"" help:"Write the points that citizens may find, as open data. Nothing personal is in it."`
	Facilita exportFacilitaCmd `cmd:"" help:"Write the file of services for the national platform (33 columns). It holds tax codes in clear."`
}

type exportFacilitaCmd struct {
	Store    config.Store    `embed:""`
	Facilita config.Facilita `embed:""`
	Project  string          `name:"project" help:"Code of the project. Needed when there are several."`
	From     string          `name:"from" required:"" help:"First day of service." placeholder:"YYYY-MM-DD"`
	To       string          `name:"to" required:"" help:"Last day of service." placeholder:"YYYY-MM-DD"`
	Out      string          `name:"out" required:"" help:"File to write; over 9,000 rows further files get -2, -3 before the extension." placeholder:"FILE.csv"`
}

type exportPointsCmd struct {
	Store  config.Store `embed:""`
	Web    config.Web   `embed:""`
	Format string       `name:"format" enum:"puglia,france,geojson,json" default:"json" help:"puglia (CSV with the columns of Puglia), france (CSV of the French standard), geojson or json."`
	Out    string       `name:"out" required:"" help:"File to write." placeholder:"FILE"`
}

// Run writes the file.
func (e exportPointsCmd) Run(c *console) (err error) {
	a, err := app.Open(c.ctx, app.Options{Store: e.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	set, err := a.Network.Setting(c.ctx)
	if err != nil {
		return inWords(err)
	}
	f, err := os.Create(e.Out)
	if err != nil {
		return err
	}
	about := opendata.About{Day: calendar.DayOf(a.DB.Now()), Site: strings.TrimSuffix(e.Web.PublicURL, "/"), Network: set.Name}
	if err := errors.Join(a.OpenData.Write(c.ctx, e.Format, about, f), f.Close()); err != nil {
		return inWords(err)
	}
	c.printf("Points written to %s.\n", e.Out)
	return nil
}

// Run writes the files and says what was left out and why.
func (e exportFacilitaCmd) Run(c *console) (err error) {
	filter := facilita.Filter{Encoding: facilita.Encoding(e.Facilita.Encoding), NoCode: e.Facilita.AN4}
	if filter.From, err = calendar.ParseDay(e.From); err != nil {
		return errors.New("--from is a day such as 2026-11-01")
	}
	if filter.To, err = calendar.ParseDay(e.To); err != nil {
		return errors.New("--to is a day such as 2026-11-30")
	}
	a, err := app.Open(c.ctx, app.Options{Store: e.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who := identity.System("cli")
	if filter.ProjectID, err = e.project(c, a, who); err != nil {
		return err
	}
	var names []string
	report, err := a.Facilita.Export(c.ctx, who, filter, func(n int) (io.WriteCloser, error) {
		names = append(names, numbered(e.Out, n))
		// Safety: the path is the one the person typed; nobody else may read the file.
		return os.OpenFile(names[len(names)-1], os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	})
	if err != nil {
		return inWords(err)
	}
	c.printf("%d rows written to %s. These files hold names and tax codes in clear: send them only to the national platform, then delete them.\n",
		report.Rows, strings.Join(names, ", "))
	p := i18n.Default().Printer(i18n.English)
	for _, s := range report.Skipped {
		c.printf("left out: service %s of %s: %s\n", s.RecordID, s.Day, p.T(s.Key))
	}
	return nil
}

func (e exportFacilitaCmd) project(c *console, a *app.App, who identity.Actor) (string, error) {
	projects, err := a.Funding.Projects(c.ctx, who, funding.Filter{})
	if err != nil {
		return "", err
	}
	var codes []string
	for _, p := range projects {
		if p.Code == e.Project || e.Project == "" && len(projects) == 1 {
			return p.ID, nil
		}
		codes = append(codes, p.Code)
	}
	return "", fmt.Errorf("give --project with one of: %s", strings.Join(codes, ", "))
}

// numbered names the n-th file, counting from 1.
func numbered(path string, n int) string {
	if n <= 1 {
		return path
	}
	dot := strings.LastIndex(path, ".")
	if dot < 0 {
		dot = len(path)
	}
	return fmt.Sprintf("%s-%d%s", path[:dot], n, path[dot:])
}
