package doctor

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/network"
	"capillare/internal/sqldb"
)

// tolerance is how far ahead of the clock a file may be: other machines write files too.
const tolerance = 5 * time.Minute

// clock looks whether the clock went back: then something was written in its future.
func clock(_ context.Context, p *patient) []Finding {
	path, newest := newestFile(p.Store.Data)
	if newest.After(p.now.Add(tolerance)) {
		return one(Wrong, "clock_behind", errs.Args{"now": stamp(p.now), "newest": stamp(newest), "path": path})
	}
	if p.Machine.Synced != nil {
		if synced, ok := p.Machine.Synced(); ok && !synced {
			return one(Warn, "clock_free", errs.Args{"now": stamp(p.now)})
		}
	}
	return one(Good, "clock", errs.Args{"now": stamp(p.now)})
}

// newestFile returns the file of the data folder that was written last.
func newestFile(dir string) (path string, at time.Time) {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what cannot be read has no time to tell
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(at) {
			path, at = name, info.ModTime()
		}
		return nil
	})
	return path, at
}

// stamp is an instant as clocks in Rome show it.
func stamp(t time.Time) string { return t.In(calendar.Rome).Format("02/01/2006 15:04") }

// newestInstant asks the data the same: files may have come from a copy, rows keep their time.
func newestInstant(ctx context.Context, p *patient) []Finding {
	var rows []audit.Row
	err := p.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = audit.List(ctx, tx, audit.Filter{Max: 1, Before: farFuture()})
		return err
	})
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	ahead := tolerance
	if setting, err := network.New(p.db).Setting(ctx); err == nil && setting.Invented {
		ahead = 24 * time.Hour // a demo stands at seven in the morning of its day
	}
	if len(rows) > 0 && rows[0].At.After(p.now.Add(ahead)) {
		return one(Wrong, "clock_behind_data", errs.Args{"now": stamp(p.now), "newest": stamp(rows[0].At)})
	}
	return nil
}

func farFuture() time.Time { return time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC) }

const romeZone = "Europe/Rome"

func zone(_ context.Context, p *patient) []Finding {
	if _, err := p.Machine.LoadZone(romeZone); err != nil {
		return one(Wrong, "zone_missing", errs.Args{"zone": romeZone}, err)
	}
	asked := p.Machine.Zone
	if asked == "" || strings.HasPrefix(asked, "/") {
		return nil
	}
	if _, err := p.Machine.LoadZone(asked); err != nil {
		return one(Warn, "zone_unknown", errs.Args{"zone": asked}, err)
	}
	return nil
}

// canWrite makes a file in dir and takes it away.
func canWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return err
	}
	_ = f.Close()
	return os.Remove(f.Name())
}
