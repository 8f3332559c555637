package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/jobs"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/sqldb"
)

// mailServer connects and signs in, and sends nothing.
func mailServer(ctx context.Context, p *patient) []Finding {
	if p.Mail.Folder != "" {
		return one(Warn, "mail_folder", errs.Args{"path": p.Mail.Folder})
	}
	if !p.Mail.Ready() {
		return one(Warn, "mail_none", nil)
	}
	args := errs.Args{"server": p.Mail.Server}
	err := messages.ProbeMail(ctx, p.Mail)
	if err == nil {
		return one(Good, "mail", args)
	}
	key := "mail_unreachable"
	if trouble, ok := errors.AsType[*messages.Trouble](err); ok {
		switch name := strings.TrimPrefix(trouble.Key, "messages.trouble."); name {
		case "tls", "login", "server", "authority":
			key = "mail_" + name
		}
	}
	return one(Wrong, key, args, err)
}

// stuckAfter is how long a job that should run may wait for a worker.
const stuckAfter = time.Hour

func jobQueue(ctx context.Context, p *patient) []Finding {
	var h jobs.Health
	err := p.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		h, err = jobs.HealthOf(ctx, tx)
		return err
	})
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	var found []Finding
	if !h.Late.IsZero() && p.now.Sub(h.Late) > stuckAfter {
		found = one(Wrong, "jobs_stuck", errs.Args{"since": day(h.Late)})
	}
	if len(h.Last) > 0 {
		f := Finding{Verdict: Warn, Key: "jobs_failed", Args: errs.Args{"n": h.Failed, "kind": h.Last[0].Kind}, Detail: h.Last[0].Error}
		found = append(found, f)
	}
	if len(found) == 0 {
		found = one(Good, "jobs", nil)
	}
	return found
}

// people wants somebody who can administer, and a network to administer.
func people(ctx context.Context, p *patient) []Finding {
	var found []Finding
	has, err := identity.New(p.db).HasAdministrator(ctx)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	if !has {
		found = one(Wrong, "no_administrator", nil)
	}
	if _, err := network.New(p.db).Setting(ctx); errors.Is(err, network.ErrNotSetUp) {
		found = append(found, one(Warn, "network_unset", nil)...)
	} else if err != nil {
		found = append(found, one(Wrong, "db_unreadable", nil, err)...)
	}
	return found
}
