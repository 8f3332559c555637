package doctor

import (
	"context"

	"capillare/internal/errs"
	"capillare/internal/sqldb"
)

// ask reads one row of the server's own tables.
func (p *patient) ask(ctx context.Context, query string, into ...any) error {
	return p.db.View(ctx, func(tx *sqldb.Tx) error { return tx.QueryRowContext(ctx, query).Scan(into...) })
}

// durable refuses what would lose acknowledged bookings.
func durable(ctx context.Context, p *patient) []Finding {
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		// Safety: the names stand in the line above.
		if err := p.ask(ctx, "SELECT current_setting('"+setting+"')", &value); err != nil {
			return one(Wrong, "db_unreadable", nil, err)
		}
		if value == "off" || value == "local" {
			return one(Wrong, "pg_not_durable", errs.Args{"setting": setting, "value": value})
		}
	}
	return one(Good, "pg_durable", nil)
}

// role wants the program to serve with less power than it migrates with.
func role(ctx context.Context, p *patient) []Finding {
	var name string
	var super, creates bool
	err := p.ask(ctx, `SELECT current_user, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb,
		has_schema_privilege(current_schema(), 'CREATE') FROM pg_roles r WHERE r.rolname = current_user`, &name, &super, &creates)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	if super || creates {
		return one(Warn, "pg_role", errs.Args{"role": name})
	}
	return nil
}

// fewConnections is less than the program may open, with room for doctor and a copy.
const fewConnections = 20

func connections(ctx context.Context, p *patient) []Finding {
	var most, used int
	err := p.ask(ctx, `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
		(SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')`, &most, &used)
	if err != nil {
		return one(Wrong, "db_unreadable", nil, err)
	}
	if most < fewConnections || most-used < 3 {
		return one(Warn, "pg_connections", errs.Args{"most": most, "used": used})
	}
	return nil
}
