package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"capillare/internal/sqldb"
)

// packageOf makes a package of this version. Its program is this test, which is the whole program when it is
// told so: building it once more would take as long as all other tests here.
func packageOf(t *testing.T, dir, version string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "capillare-"+version)
	// What follows the end of a program changes its bytes and nothing else.
	if err := os.WriteFile(bin, append(program, version...), 0o755); err != nil {
		t.Fatal(err)
	}
	pack := exec.Command(filepath.Join("..", "..", "scripts", "package.sh"))
	pack.Env = append(os.Environ(), "BIN="+bin, "VERSION="+version, "OUT="+dir, "COMPRESS=none")
	out, err := pack.CombinedOutput()
	if err != nil {
		t.Fatalf("package.sh: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// throwAway is a root of its own, into which dpkg installs without touching the machine. Its scripts run
// outside of it and are told its name, as Debian's own do when a system is built from another.
type throwAway struct{ root string }

func newThrowAway(t *testing.T) throwAway {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"var/lib/dpkg/status": "", "var/lib/dpkg/available": "", "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:\n",
		"etc/shadow": "root:*:19000:0:99999:7:::\n", "etc/gshadow": "root:*::\n", "etc/login.defs": "",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return throwAway{root}
}

func (a throwAway) dpkg(t *testing.T, args ...string) string {
	t.Helper()
	// Its dependencies are on this machine, not in that root.
	all := append([]string{"--root=" + a.root, "--force-script-chrootless", "--force-depends", "--force-confold", "--force-unsafe-io"}, args...)
	cmd := exec.Command("dpkg", all...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("dpkg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (a throwAway) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(a.root, "usr/bin/capillare"), args...)
	cmd.Env = append(os.Environ(), envMain+"=1", "CAPILLARE_DATA="+filepath.Join(a.root, "var/lib/capillare"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("capillare %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// The package is installed, upgraded over a network of the first release, and removed; the data stay.
func TestThePackageIsInstalledAndUpgraded(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: dpkg installs as root only")
	}
	for _, program := range []string{"dpkg", "dpkg-deb", "useradd"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("NOT TESTED: %s is not here", program)
		}
	}
	dir, place := t.TempDir(), newThrowAway(t)
	place.dpkg(t, "--install", packageOf(t, dir, "1.0"))
	place.requireProgram(t, "1.0")
	data, conf := filepath.Join(place.root, "var/lib/capillare"), filepath.Join(place.root, "etc/capillare/capillare.conf")
	requireOwner(t, place.root, data, "0700")
	requireOwner(t, place.root, filepath.Join(place.root, "var/backups/capillare"), "0700")
	if info, err := os.Stat(conf); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the options have mode %v (%v), want 0640", info.Mode(), err)
	}

	if _, err := sqldb.MigrateTo(t.Context(), "sqlite:"+filepath.Join(data, "capillare.db"), sqldb.Target{Version: 11}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, []byte("listen = 127.0.0.1:28999\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	place.dpkg(t, "--install", packageOf(t, dir, "1.1"))
	place.requireProgram(t, "1.1")
	if text, err := os.ReadFile(conf); err != nil || string(text) != "listen = 127.0.0.1:28999\n" {
		t.Errorf("the options were changed: %q %v", text, err)
	}
	if out := place.run(t, "--config", conf, "migrate"); !strings.Contains(out, "Before the upgrade") {
		t.Errorf("the new version took no copy first:\n%s", out)
	}
	wanted := filepath.Join(place.root, "etc/systemd/system/multi-user.target.wants/capillare.service")
	if err := os.MkdirAll(filepath.Dir(wanted), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink("/usr/lib/systemd/system/capillare.service", wanted), os.Remove(conf)); err != nil {
		t.Fatal(err)
	}
	// Removed and put back, without the file of options that somebody threw away, it starts with the machine as before.
	place.dpkg(t, "--remove", "capillare")
	place.dpkg(t, "--install", packageOf(t, dir, "1.2"))
	place.requireProgram(t, "1.2")
	if _, err := os.Lstat(wanted); err != nil {
		t.Errorf("after remove and install the service does not start with the machine: %v", err)
	}
	place.dpkg(t, "--purge", "capillare")
	if _, err := os.Lstat(wanted); err == nil {
		t.Error("after purge the service is still wanted")
	}
	if _, err := os.Stat(filepath.Join(data, "capillare.db")); err != nil {
		t.Errorf("the data went with the package: %v", err)
	}
	if _, err := os.Stat(filepath.Join(place.root, "usr/bin/capillare")); err == nil {
		t.Error("the program stayed")
	}
}

// requireProgram wants the program of a version installed, and answering.
func (a throwAway) requireProgram(t *testing.T, version string) {
	t.Helper()
	program, err := os.ReadFile(filepath.Join(a.root, "usr/bin/capillare"))
	if err != nil || !strings.HasSuffix(string(program[len(program)-8:]), version) {
		t.Errorf("the program ends in %q (%v), want version %s", program[len(program)-8:], err, version)
	}
	if got := a.run(t, "version"); !strings.HasPrefix(got, "capillare ") {
		t.Errorf("version = %q, want an answer", got)
	}
	if got := a.dpkg(t, "--status", "capillare"); !strings.Contains(got, "Status: install ok installed\n") || !strings.Contains(got, "Version: "+version+"\n") {
		t.Errorf("dpkg says:\n%s", got)
	}
}

// requireOwner wants path to be of the user that the package made, with this mode.
func requireOwner(t *testing.T, root, path, mode string) {
	t.Helper()
	users, err := os.ReadFile(filepath.Join(root, "etc/passwd"))
	if err != nil {
		t.Fatal(err)
	}
	user := ""
	for line := range strings.Lines(string(users)) {
		if f := strings.Split(line, ":"); f[0] == "capillare" {
			user = f[2]
		}
	}
	out, err := exec.Command("stat", "-c", "%u 0%a", path).Output()
	if got := strings.TrimSpace(string(out)); err != nil || user == "" || user == "0" || got != fmt.Sprintf("%s %s", user, mode) {
		t.Errorf("%s is of %q (%v), want of user %q with mode %s", path, got, err, user, mode)
	}
}

// The unit locks the program in: what is here may be made stricter, never looser.
func TestTheUnitIsSandboxed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "packaging", "capillare.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Type=notify", "User=capillare", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
		"NoNewPrivileges=yes", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes",
		"RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK", "StateDirectory=capillare", "UMask=0077", "ExecReload=/bin/kill -HUP $MAINPID"} {
		if !strings.Contains("\n"+string(text), "\n"+want+"\n") {
			t.Errorf("the unit does not say %s", want)
		}
	}
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(line, "ExecStart")
		if !ok {
			continue
		}
		_, command, _ = strings.Cut(strings.TrimSpace(command), "/usr/bin/capillare ")
		words := strings.Fields(command)
		words[1] = filepath.Join("..", "..", "packaging", "capillare.conf")
		parse(t, words...)
	}
	requireSystemdAgrees(t, text)
}

// requireSystemdAgrees asks systemd itself where it is installed.
func requireSystemdAgrees(t *testing.T, text []byte) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd-analyze is not here: the unit was only read")
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "capillare.service")
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/bin/capillare", self)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput(); err != nil || strings.Contains(string(out), "capillare.service:") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	if out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", unit).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security finds it exposed by more than 2.0: %v\n%.400s", err, out)
	}
}
