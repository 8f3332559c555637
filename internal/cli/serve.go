package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"capillare/internal/app"
	"capillare/internal/backup"
	"capillare/internal/config"
	"capillare/internal/sqldb"
	"capillare/internal/web/account"
	"capillare/internal/web/ui"
)

type serveCmd struct {
	Store        config.Store    `embed:""`
	Web          config.Web      `embed:""`
	Facilita     config.Facilita `embed:""`
	Mail         config.Mail     `embed:""`
	SMS          config.SMS      `embed:""`
	Backup       config.Backup   `embed:""`
	DemoAccounts bool            `name:"demo-accounts" help:"Print the accounts of a demo network at the start." hidden:""`
}

// Run serves until the program is told to stop. On SQLite the schema is brought up to date first: with
// one file and one program there is nobody to coordinate with. On PostgreSQL migrate is a step of its own.
func (s serveCmd) Run(c *console) (err error) {
	if err := ui.CheckAssets(); err != nil {
		return fmt.Errorf("%w. Build the program with: make build", err)
	}
	if strings.HasPrefix(s.Store.DatabaseURL(), "sqlite:") {
		if _, err := upgrade(c, s.Store); err != nil {
			return err
		}
	}
	a, err := app.Open(c.ctx, app.Options{Store: s.Store, Facilita: s.Facilita, Mail: s.Mail, SMS: s.SMS, Backup: s.Backup, Log: c.log, Zone: os.Getenv("TZ")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	_, newBackupKey, err := backup.LoadOrCreateKey(s.Store.BackupKeyPath())
	if err != nil {
		return err
	}
	if err := a.Prepare(c.ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(c.ctx)
	defer stop()
	go reloadOnHangUp(ctx, a)
	systemd := supervisorOf(os.Getenv)
	go func() { <-c.ctx.Done(); _ = systemd.tell("STOPPING=1") }()
	return a.Serve(ctx, s.Web, func(address string) {
		s.greet(c, a, address, newBackupKey)
		if err := systemd.tell("READY=1"); err != nil {
			c.log.Warn("systemd was not told that we are ready", "error", err.Error())
		}
		go systemd.beat(ctx, a.DB.Ping)
	})
}

// reloadOnHangUp reads the certificate again at SIGHUP, as services do.
func reloadOnHangUp(ctx context.Context, a *app.App) {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	defer signal.Stop(hangUp)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangUp:
			a.Reload()
		}
	}
}

// greet says where the pages are, where the keys are and why to keep them.
func (s serveCmd) greet(c *console, a *app.App, address string, newBackupKey bool) {
	c.printf("Capillare %s, database %s\n", version, engineWords(a.DB.Engine()))
	c.printf("  pages     %s\n", s.address(address))
	c.printf("  keys      %s (find and show tax codes) and %s (opens backups)\n", s.Store.KeysPath(), s.Store.BackupKeyPath())
	if a.NewKeys || newBackupKey {
		c.printf("            They were made now. Copy both to another place: without them tax codes and backups cannot be read again.\n")
	}
	if token := a.SetUpToken(); token != "" {
		c.printf("  first run %s%s (makes the first administrator; works once)\n", s.address(address), account.SetupPath(token))
	}
	if s.DemoAccounts {
		c.accounts()
	}
}

func engineWords(e sqldb.Engine) string {
	if e == sqldb.Postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

func (s serveCmd) address(listening string) string {
	if s.Web.PublicURL != "" {
		return strings.TrimSuffix(s.Web.PublicURL, "/")
	}
	scheme := "http"
	if s.Web.TLSCert != "" || s.Web.SelfTLS {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return scheme + "://" + listening
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
	} else if ip != nil && ip.IsLoopback() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
