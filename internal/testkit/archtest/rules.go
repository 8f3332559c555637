package archtest

// ban forbids an import, or the use of one name of it, outside some packages.
type ban struct {
	path   string   // import path, or its beginning when it ends in /
	name   string   // the name used from it; empty for the import itself
	except []string // packages of the map that may
	reason string
}

func bans() []ban {
	doors := []string{"web", "web/ui", "web/session", "web/public", "web/desk", "web/centre", "web/managers", "web/region", "web/account", "web/imports", "web/upkeep", "web/settings", "web/territory", "web/calls", "web/feeds", "app"}
	edges := []string{"sqldb", "app", "cli"}
	return []ban{
		{"net/http", "", append([]string{"messages/gateway"}, doors...), "rules know no HTTP: return an error of package errs, the door makes a status of it"},
		{"html/template", "", nil, "pages are templ components"},
		{"github.com/a-h/templ", "", doors, "templates live in the doors"},
		{"modernc.org/sqlite", "", []string{"sqldb"}, "drivers stay in sqldb: nobody else may depend on an engine"},
		{"modernc.org/sqlite/", "", []string{"sqldb"}, "drivers stay in sqldb: nobody else may depend on an engine"},
		{"github.com/jackc/pgx/v5/", "", []string{"sqldb"}, "drivers stay in sqldb: nobody else may depend on an engine"},
		{"time", "Now", edges, "a rule receives the time: use tx.Now, or a parameter"},
		{"os", "Getenv", []string{"cli", "config"}, "settings come through package config"},
		{"os", "LookupEnv", []string{"cli", "config"}, "settings come through package config"},
		{"os", "Args", []string{"cli", "cmd/capillare"}, "settings come through package config"},
		{"os", "Exit", []string{"cli", "cmd/capillare"}, "return the error: only the command ends the program"},
		{"math/rand", "", nil, "use math/rand/v2 with a seed, or crypto/rand for secrets"},
	}
}

// modules are the third-party modules that the program may import, each decided in docs/adr/0002.
func modules() []string {
	return []string{
		"filippo.io/age",
		"github.com/a-h/templ",
		"github.com/anishathalye/porcupine",
		"github.com/alecthomas/kong",
		"github.com/arran4/golang-ical",
		"github.com/emersion/go-sasl",
		"github.com/emersion/go-smtp",
		"github.com/google/go-cmp",
		"github.com/google/uuid",
		"github.com/jackc/pgx/v5",
		"github.com/johannesboyne/gofakes3",
		"github.com/minio/minio-go/v7",
		"github.com/pressly/goose/v3",
		"github.com/teambition/rrule-go",
		"github.com/wneessen/go-mail",
		"github.com/xuri/excelize/v2",
		"golang.org/x/crypto",
		"golang.org/x/image",
		"golang.org/x/net",
		"golang.org/x/text",
		"golang.org/x/time",
		"modernc.org/sqlite",
		"pgregory.net/rapid",
		"rsc.io/qr",
	}
}

// tablePrefixes are the beginnings of all our table names.
// Every package owns the tables that begin with its name and an underscore.
func tablePrefixes() []string {
	return []string{"audit_", "jobs_", "identity_", "territory_", "orgs_", "network_", "funding_", "points_",
		"facilitators_", "agenda_", "register_", "imports_",
		"files_", "messages_", "coverage_", "backup_", "move_",
		"kinds_", "waiting_", "visits_", "calls_", "campaigns_", "notify_", "feeds_"}
}
