package app

import (
	"context"

	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/doctor"
	"capillare/internal/web/ui"
)

// buildBackups makes the service of copies, which needs everything else, and plans its jobs.
func (a *App) buildBackups() (err error) {
	o := a.options
	a.Backups, err = backup.New(a.DB, backup.Deps{Options: o.Backup, Data: o.Store.Data, KeyPath: o.Store.BackupKeyPath(),
		Identity: a.Identity, Messages: a.Messages, Log: a.Log})
	if err != nil {
		return err
	}
	a.Backups.Handle(a.Jobs)
	return nil
}

// health looks at this set-up as the running program.
func (a *App) health(web config.Web) func(ctx context.Context) ([]doctor.Finding, error) {
	o := a.options
	machine := doctor.ThisMachine(o.Now, o.Zone)
	return func(ctx context.Context) ([]doctor.Finding, error) {
		return doctor.Look(ctx, doctor.Env{Store: o.Store, Web: web, Mail: o.Mail, Backup: o.Backup, Assets: ui.CheckAssets,
			Serving: true, Log: a.Log, Machine: machine})
	}
}
