// Package config holds every option of the program (it: impostazioni): its name, default and explanation
// in one place. The zero-effort set-up is the default: one folder, SQLite, port 8080, on this machine only.
//
// Its rules: each option can be given as a flag, as an environment variable, or as a line of a file
// (capillare.conf, "name = value"); a flag wins over the environment, the environment over the file. A secret can
// also be read from a file whose name is given in NAME_FILE, and is never printed. docs/config.md is generated from here.
//
// It does not read anything itself: package cli does, at the edge of the program.
package config

import (
	"net/url"
	"path/filepath"
	"strings"
)

// Secret is a value that is never printed or logged.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// MarshalText hides the value in JSON and logs too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the value, for the one place that uses it.
func (s Secret) Reveal() string { return string(s) }

// Store says where the network is kept.
type Store struct {
	// Data is the folder of the database, keys and backups.
	Data string `name:"data" env:"CAPILLARE_DATA" default:"data" help:"Folder that holds the database, the keys and the backups, when these have no address of their own."`
	// Database is the address used to serve: sqlite:PATH or postgres://...
	Database Secret `name:"database" env:"CAPILLARE_DATABASE" help:"Database address: sqlite:PATH or postgres://USER@HOST/NAME. Empty: SQLite in the data folder. On PostgreSQL this is the application role, which cannot change the schema."`
	// DatabaseOwner is the address used to migrate, on PostgreSQL.
	DatabaseOwner Secret `name:"database-owner" env:"CAPILLARE_DATABASE_OWNER" help:"PostgreSQL address of the owner role, used by migrate, demo and restore only. Empty: the same as database."`
	// Keys is the file of the keys of tax codes.
	Keys string `name:"keys" env:"CAPILLARE_KEYS" help:"File of the keys that find and show tax codes (mode 0600, made at first start). Without it the tax codes cannot be read again. Empty: keys.json in the data folder."`
	// BackupKey is the age identity that opens backups.
	BackupKey string `name:"backup-key" env:"CAPILLARE_BACKUP_KEY" help:"File of the age key of the backups (mode 0600, made at first start). Empty: backup.key in the data folder. Keep a copy elsewhere."`
}

// DatabaseURL returns the address to serve from.
func (s Store) DatabaseURL() string {
	if s.Database != "" {
		return s.Database.Reveal()
	}
	return "sqlite:" + filepath.Join(s.Data, "capillare.db")
}

// OwnerURL returns the address to migrate with.
func (s Store) OwnerURL() string {
	if s.DatabaseOwner != "" {
		return s.DatabaseOwner.Reveal()
	}
	return s.DatabaseURL()
}

// ApplicationRole returns the PostgreSQL role that serves, to be granted its rights by migrate; empty
// on SQLite, or when one role does both.
func (s Store) ApplicationRole() string {
	if s.DatabaseOwner == "" {
		return ""
	}
	u, err := url.Parse(s.Database.Reveal())
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return ""
	}
	if name := u.User.Username(); name != "" {
		return name
	}
	return u.Query().Get("user") // addresses of a local socket have it there
}

// KeysPath returns the file of the tax-code keys.
func (s Store) KeysPath() string { return orIn(s.Keys, s.Data, "keys.json") }

// BackupKeyPath returns the file of the backup key.
func (s Store) BackupKeyPath() string { return orIn(s.BackupKey, s.Data, "backup.key") }

func orIn(given, dir, name string) string {
	if given != "" {
		return given
	}
	return filepath.Join(dir, name)
}

// Log says what the program tells about itself.
type Log struct {
	Level  string `name:"log-level" env:"CAPILLARE_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least important message to write: debug, info, warn or error."`
	Format string `name:"log-format" env:"CAPILLARE_LOG_FORMAT" default:"text" enum:"text,json" help:"Form of the log on standard error: text for people, json for collectors. Never personal data."`
}

// Web says how the pages are served.
type Web struct {
	Listen    string `name:"listen" env:"CAPILLARE_LISTEN" default:"127.0.0.1:8080" help:"Address and port to listen on. 127.0.0.1 is this machine only; :8080 is every address of it."`
	PublicURL string `name:"public-url" env:"CAPILLARE_PUBLIC_URL" help:"Address at which people reach the network, for links in receipts and QR codes, for example https://digitale.regione.example. Empty: the address of each request."`
	TLSCert   string `name:"tls-cert" env:"CAPILLARE_TLS_CERT" help:"Certificate file (PEM). With tls-key the program serves https itself; without, put it behind a proxy that does."`
	TLSKey    string `name:"tls-key" env:"CAPILLARE_TLS_KEY" help:"Private key file of the certificate (PEM)."`
	SelfTLS   bool   `name:"self-signed" env:"CAPILLARE_SELF_SIGNED" help:"Serve https with a certificate made at start, for trials in a local network: browsers warn once."`
	Proxy     bool   `name:"behind-proxy" env:"CAPILLARE_BEHIND_PROXY" help:"Trust X-Forwarded-For and X-Forwarded-Proto of a proxy in front. Only when every request comes through it."`
}

// Secure reports whether people reach the program over https.
func (w Web) Secure() bool {
	return w.TLSCert != "" || w.SelfTLS || strings.HasPrefix(w.PublicURL, "https://")
}

// Facilita says how the national file is written.
type Facilita struct {
	Encoding string `name:"facilita-encoding" env:"CAPILLARE_FACILITA_ENCODING" default:"utf-8" enum:"utf-8,windows-1252" help:"Encoding of the national file: utf-8 or windows-1252."`
	AN4      string `name:"facilita-an4" env:"CAPILLARE_FACILITA_AN4" default:"NO" help:"Value of column AN4 (tax code not available), which may not be empty."`
}

// Mail says how e-mail leaves.
type Mail struct {
	Server   string `name:"mail-server" env:"CAPILLARE_MAIL_SERVER" help:"SMTP server that takes our e-mail, HOST:PORT, for example smtp.regione.example:587. Empty: no e-mail is sent and the pages show what to do instead."`
	TLS      string `name:"mail-tls" env:"CAPILLARE_MAIL_TLS" default:"starttls" enum:"starttls,tls,none" help:"Encryption towards the server: starttls (usually port 587), tls from the first byte (usually port 465), none (only to a server on this machine; a password is never sent in clear)."`
	CA       string `name:"mail-ca" env:"CAPILLARE_MAIL_CA" help:"File (PEM) of the authority that signed the certificate of the server, when it is one of your own. Empty: the authorities of the system."`
	User     string `name:"mail-user" env:"CAPILLARE_MAIL_USER" help:"User name for the server. Empty: no sign-in."`
	Password Secret `name:"mail-password" env:"CAPILLARE_MAIL_PASSWORD" help:"Password for the server."`
	From     string `name:"mail-from" env:"CAPILLARE_MAIL_FROM" help:"Address that e-mail comes from, for example non-rispondere@digitale.regione.example. Needed with mail-server. The name beside it is a setting of the network."`
	Folder   string `name:"mail-folder" env:"CAPILLARE_MAIL_FOLDER" help:"For trials: messages are written to this folder (.eml for e-mail, .txt for SMS) and nothing leaves."`
}

// Ready reports whether e-mail can leave.
func (m Mail) Ready() bool { return m.Folder != "" || m.Server != "" && m.From != "" }

// SMS says how short messages leave: through an HTTP gateway, whose form is described by a header and a body.
type SMS struct {
	Address string `name:"sms-address" env:"CAPILLARE_SMS_ADDRESS" help:"Address (https) of the SMS gateway, to which each message is POSTed. Empty: no SMS."`
	Token   Secret `name:"sms-token" env:"CAPILLARE_SMS_TOKEN" help:"Token of the SMS gateway, put where {token} stands in sms-header or sms-body."`
	Header  string `name:"sms-header" env:"CAPILLARE_SMS_HEADER" default:"Authorization: Bearer {token}" help:"Header that signs in to the SMS gateway; {token} is replaced. Empty: none."`
	Format  string `name:"sms-format" env:"CAPILLARE_SMS_FORMAT" default:"json" enum:"json,form" help:"How sms-body is written: json or form (name=value&...)."`
	Body    string `name:"sms-body" env:"CAPILLARE_SMS_BODY" help:"Body of each request: {to}, {text}, {sender}, {id} and {token} are replaced, each written safely for the format. Empty: to, text, sender and id under these names."`
	Status  string `name:"sms-status-address" env:"CAPILLARE_SMS_STATUS_ADDRESS" help:"Address of the gateway that tells by id whether it has a message, {id} being ours: 200 yes, 404 no. It is asked before a message is sent again whose first answer never came. Empty: it cannot tell."`
	Once    bool   `name:"sms-once" env:"CAPILLARE_SMS_ONCE" help:"The gateway sends once what it gets twice with one id (in the body, and in the header Idempotency-Key). Without this and without sms-status-address a message whose answer never came is not sent again: it becomes a person to call."`
}
