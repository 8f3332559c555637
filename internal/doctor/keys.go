package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"capillare/internal/backup"
	"capillare/internal/errs"
	"capillare/internal/register"
	"capillare/internal/sealed"
	"capillare/internal/sqldb"
)

// keys looks at the file that finds and shows tax codes, and whether it is the one of this database.
func keys(ctx context.Context, p *patient) []Finding {
	path := p.Store.KeysPath()
	args := errs.Args{"path": path}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if holds, _, err := p.keysFit(ctx, nil); err != nil || holds {
			return one(Wrong, "keys_missing", args, err)
		}
		return one(Warn, "keys_none", args)
	}
	if err != nil {
		return one(Wrong, "keys_unreadable", args, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return one(Wrong, "keys_open", args)
	}
	loaded, err := sealed.Load(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return one(Wrong, "keys_unreadable", args, err)
	case err != nil:
		return one(Wrong, "keys_damaged", args, err)
	}
	holds, fit, err := p.keysFit(ctx, loaded)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	if holds && !fit {
		return one(Wrong, "keys_wrong", args)
	}
	return one(Good, "keys", args)
}

func (p *patient) keysFit(ctx context.Context, loaded *sealed.Keys) (holds, fit bool, err error) {
	if p.db == nil || !p.current {
		return false, false, nil
	}
	err = p.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		holds, fit, err = register.KeysFit(ctx, tx, loaded)
		return err
	})
	return holds, fit, err
}

func backupKey(_ context.Context, p *patient) []Finding {
	path := p.Store.BackupKeyPath()
	args := errs.Args{"path": path}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return one(Warn, "backup_key_none", args)
	}
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return one(Wrong, "backup_key_open", args)
	}
	if _, err := backup.LoadKey(path); err != nil {
		return one(Wrong, "backup_key_damaged", args, err)
	}
	if _, remote := p.Backup.Bucket(); !remote && within(p.Backup.Folder(p.Store.Data), path) {
		return one(Wrong, "backup_key_near", args)
	}
	return nil
}

// within reports whether path lies in dir.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// withoutKeys returns a place without what people write into addresses to be let in.
func withoutKeys(place string) string {
	scheme, rest, isAddress := strings.Cut(place, "://")
	if !isAddress {
		return place
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
}

func backupPlace(ctx context.Context, p *patient) []Finding {
	store, err := backup.OpenStore(p.Backup, p.Store.Data)
	if err == nil {
		err = store.Probe(ctx)
	}
	if err != nil {
		place := withoutKeys(p.Backup.Folder(p.Store.Data))
		if store != nil {
			place = store.String()
		}
		return one(Wrong, "backup_place_"+placeFault(err), errs.Args{"path": place}, err)
	}
	if _, remote := p.Backup.Bucket(); remote {
		return nil
	}
	here, errHere := p.Machine.Disk(p.Store.Data)
	there, errThere := p.Machine.Disk(p.Backup.Folder(p.Store.Data))
	if errHere == nil && errThere == nil && here.Device == there.Device {
		return one(Warn, "backup_same_disk", errs.Args{"path": store.String()})
	}
	return nil
}

// placeFault is one of the faults that have a text here.
func placeFault(err error) string {
	switch fault := backup.FaultOf(err); fault {
	case "refused", "no_bucket", "full", "unwritable":
		return fault
	}
	return "unreachable"
}

const (
	copyLate  = 48 * time.Hour
	copyOld   = 7 * 24 * time.Hour
	drillLate = 35 * 24 * time.Hour
)

// backupRuns wants a copy of these days, and one that was tried out.
func backupRuns(ctx context.Context, p *patient) []Finding {
	last, ok, err := p.lastRun(ctx, backup.Copying, backup.Done)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	args := errs.Args{"at": day(last.Started)}
	var found []Finding
	switch age := p.now.Sub(last.Started); {
	case !ok && p.old():
		return one(Wrong, "backup_never", nil)
	case !ok:
		return one(Warn, "backup_none", nil)
	case age > copyOld:
		found = one(Wrong, "backup_old", args)
	case age > copyLate:
		found = one(Warn, "backup_late", args)
	default:
		found = one(Good, "backup", args)
	}
	return append(found, p.drill(ctx)...)
}

// old reports whether the network is older than a copy may be: its keys are made on its first day.
func (p *patient) old() bool {
	info, err := os.Stat(p.Store.KeysPath())
	return err == nil && p.now.Sub(info.ModTime()) > copyOld
}

func (p *patient) drill(ctx context.Context) []Finding {
	good, tried, err := p.lastRun(ctx, backup.Drilling, backup.Done)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	bad, failed, err := p.lastRun(ctx, backup.Drilling, backup.Failed)
	switch {
	case err != nil:
		return one(Wrong, "db_unreadable", nil, err)
	case failed && bad.Started.After(good.Started):
		return []Finding{{Verdict: Wrong, Key: "drill_failed", Args: errs.Args{"at": day(bad.Started), "name": bad.Name}, Detail: bad.Detail}}
	case !tried:
		return one(Warn, "drill_none", nil)
	case p.now.Sub(good.Started) > drillLate:
		return one(Warn, "drill_old", errs.Args{"at": day(good.Started)})
	}
	return one(Good, "drill", errs.Args{"at": day(good.Started)})
}

func (p *patient) lastRun(ctx context.Context, kind backup.Kind, state backup.State) (backup.Run, bool, error) {
	return backup.LastRun(ctx, p.db, kind, state)
}
