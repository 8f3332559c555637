package cli

import (
	"errors"
	"os"
	"strings"
	"time"

	"capillare/internal/config"
	"capillare/internal/doctor"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

type doctorCmd struct {
	Store  config.Store  `embed:""`
	Web    config.Web    `embed:""`
	Mail   config.Mail   `embed:""`
	Backup config.Backup `embed:""`
	Lang   string        `name:"lang" enum:"it,en,auto" default:"auto" help:"Language of what is found: it, en, or auto for that of the terminal."`
}

// Run looks at the set-up and prints what it finds, in the order in which to mend it. It fails when
// something must be mended.
func (d doctorCmd) Run(c *console) error {
	p := i18n.Default().Printer(d.language(os.Getenv))
	found, err := doctor.Look(c.ctx, doctor.Env{Store: d.Store, Web: d.Web, Mail: d.Mail, Backup: d.Backup, Assets: ui.CheckAssets,
		Machine: doctor.ThisMachine(time.Now, os.Getenv("TZ"))})
	if err != nil {
		return err
	}
	for _, f := range found {
		c.printf("%-12s %s\n", p.T("doctor.verdict."+string(f.Verdict)), p.T("doctor."+f.Key, f.Args))
		if f.Verdict != doctor.Good {
			c.printf("%-12s -> %s\n", "", p.T("doctor."+f.Key+".mend", f.Args))
		}
		if f.Detail != "" && f.Verdict != doctor.Good {
			c.printf("%-12s    %s\n", "", p.T("doctor.detail", errs.Args{"text": f.Detail}))
		}
	}
	if doctor.Unwell(found) {
		return errors.New(p.T("doctor.unwell"))
	}
	return nil
}

// language is the one asked for, or that of the terminal: Italian for an Italian one, English otherwise.
func (d doctorCmd) language(env func(string) string) i18n.Lang {
	switch d.Lang {
	case "it":
		return i18n.Italian
	case "en":
		return i18n.English
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); value != "" {
			if strings.HasPrefix(value, "it") {
				return i18n.Italian
			}
			return i18n.English
		}
	}
	return i18n.English
}
