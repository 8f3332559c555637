package config_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"capillare/internal/config"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	s := config.Store{Database: "postgres://app:parola@db/rete"}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), string(text)} {
		if strings.Contains(printed, "parola") {
			t.Errorf("the password was printed: %s", printed)
		}
	}
	if s.Database.Reveal() != "postgres://app:parola@db/rete" {
		t.Error("Reveal does not return the value")
	}
}

func TestStorePlaces(t *testing.T) {
	t.Parallel()
	plain := config.Store{Data: "dove"}
	if got, want := plain.DatabaseURL(), "sqlite:"+filepath.Join("dove", "capillare.db"); got != want {
		t.Errorf("DatabaseURL() = %q, want %q", got, want)
	}
	if got := plain.OwnerURL(); got != plain.DatabaseURL() {
		t.Errorf("OwnerURL() = %q, want the same database", got)
	}
	two := config.Store{Database: "postgres://app@db/rete", DatabaseOwner: "postgres://padrone@db/rete", Keys: "/altrove/chiavi"}
	if got := two.ApplicationRole(); got != "app" {
		t.Errorf("ApplicationRole() = %q, want app", got)
	}
	socket := config.Store{Database: "postgres:///rete?host=/run/pg&user=app", DatabaseOwner: "postgres:///rete?host=/run/pg&user=padrone"}
	if got := socket.ApplicationRole(); got != "app" {
		t.Errorf("ApplicationRole() over a socket = %q, want app", got)
	}
	if got := two.KeysPath(); got != "/altrove/chiavi" {
		t.Errorf("KeysPath() = %q, want the one given", got)
	}
}
