package config

import (
	"net/url"
	"path/filepath"
	"strings"
)

// Backup says where copies of the network go, when, and how many are kept.
type Backup struct {
	To          string `name:"backup-to" env:"CAPILLARE_BACKUP_TO" help:"Where scheduled copies go: a folder, better on another disk, or the address of an S3-like store, https://HOST/BUCKET or https://HOST/BUCKET/PREFIX. Empty: the folder backups in the data folder."`
	Hour        string `name:"backup-hour" env:"CAPILLARE_BACKUP_HOUR" default:"02:30" help:"When the copy of the night is taken, in Rome (HH:MM). The word never leaves scheduled copies out, for those who take them otherwise."`
	KeepDaily   int    `name:"backup-keep-daily" env:"CAPILLARE_BACKUP_KEEP_DAILY" default:"7" help:"How many days keep their copy."`
	KeepWeekly  int    `name:"backup-keep-weekly" env:"CAPILLARE_BACKUP_KEEP_WEEKLY" default:"4" help:"How many weeks keep their last copy."`
	KeepMonthly int    `name:"backup-keep-monthly" env:"CAPILLARE_BACKUP_KEEP_MONTHLY" default:"12" help:"How many months keep their last copy. The last good copy is never removed."`
	Region      string `name:"backup-region" env:"CAPILLARE_BACKUP_REGION" help:"Region of the S3-like store, when it wants one, for example eu-south-1."`
	Access      string `name:"backup-access" env:"CAPILLARE_BACKUP_ACCESS" help:"Access key of the S3-like store."`
	Secret      Secret `name:"backup-secret" env:"CAPILLARE_BACKUP_SECRET" help:"Secret key of the S3-like store."`
}

// Never is the hour of those who take copies otherwise.
const Never = "never"

// Bucket returns the address of the S3-like store; ok is false when copies go to a folder.
func (b Backup) Bucket() (address *url.URL, ok bool) {
	if !strings.HasPrefix(b.To, "https://") && !strings.HasPrefix(b.To, "http://") {
		return nil, false
	}
	u, err := url.Parse(b.To)
	return u, err == nil
}

// Folder returns the folder of copies below data, when none is given.
func (b Backup) Folder(data string) string {
	if b.To != "" {
		return b.To
	}
	return filepath.Join(data, "backups")
}
