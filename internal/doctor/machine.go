package doctor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"capillare/internal/errs"
)

// Machine is what the checks ask the machine; tests answer in its place where a fault cannot be made.
type Machine struct {
	Now func() time.Time
	// UID is the user that the program runs as.
	UID int
	// Zone is the zone asked for by the environment, "" for the machine's own.
	Zone string
	// LoadZone finds a zone.
	LoadZone func(name string) (*time.Location, error)
	// Synced reports whether the clock is kept by a time service; ok is false where nobody knows.
	Synced func() (synced, ok bool)
	// Disk tells about the disk of a folder.
	Disk func(path string) (Disk, error)
	// MemoryFile tells the free memory: /proc/meminfo.
	MemoryFile string
}

// Disk is the disk that a folder lies on.
type Disk struct {
	Free, Total uint64
	// Device tells disks apart.
	Device uint64
	// Network is the kind of a disk of another machine, "" for one of this.
	Network string
}

// ThisMachine returns the machine that the program runs on. zone is what the environment asks for.
func ThisMachine(now func() time.Time, zone string) Machine {
	return Machine{Now: now, UID: os.Getuid(), Zone: strings.TrimPrefix(zone, ":"), LoadZone: time.LoadLocation,
		Synced: synced, Disk: diskOf, MemoryFile: "/proc/meminfo"}
}

// synced asks the kernel. Inside some containers it may not be asked.
func synced() (bool, bool) {
	const unsynced = 5 // TIME_ERROR
	state, err := syscall.Adjtimex(&syscall.Timex{})
	return state != unsynced, err == nil
}

// networkDisks are the file systems of other machines, by the number the kernel gives them. SQLite's locks
// do not hold there.
func networkDisks() map[int64]string {
	return map[int64]string{0x6969: "NFS", 0xFF534D42: "CIFS", 0xFE534D42: "SMB", 0x5346414F: "AFS", 0x00C36400: "Ceph", 0x013111A8: "GPFS"}
}

func diskOf(path string) (Disk, error) {
	path = nearestFolder(path)
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return Disk{}, err
	}
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return Disk{}, err
	}
	size := uint64(fs.Bsize)
	return Disk{Free: fs.Bavail * size, Total: fs.Blocks * size, Device: st.Dev, Network: networkDisks()[int64(uint32(fs.Type))]}, nil
}

// nearestFolder returns path, or the nearest folder above it that is there.
func nearestFolder(path string) string {
	for path != "" {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			return path
		}
		up := path[:max(0, strings.LastIndexByte(strings.TrimRight(path, "/"), '/'))]
		if up == "" && strings.HasPrefix(path, "/") {
			return "/"
		}
		path = up
	}
	return "."
}

func assets(_ context.Context, p *patient) []Finding {
	if p.Assets == nil {
		return nil
	}
	if err := p.Assets(); err != nil {
		return one(Wrong, "assets_missing", nil, err)
	}
	return one(Good, "assets", nil)
}

func user(_ context.Context, p *patient) []Finding {
	if p.Machine.UID == 0 {
		return one(Warn, "root", nil)
	}
	return nil
}

const (
	// diskFull stops the program soon; diskNear leaves no room for a copy and a trial of it.
	diskFull = 200 << 20
	diskNear = 2 << 30
)

func disk(_ context.Context, p *patient) []Finding {
	var found []Finding
	seen := map[uint64]bool{}
	for _, path := range p.folders() {
		d, err := p.Machine.Disk(path)
		if err != nil {
			found = append(found, one(Warn, "disk_unknown", errs.Args{"path": path}, err)...)
			continue
		}
		if seen[d.Device] {
			continue
		}
		seen[d.Device] = true
		args := errs.Args{"path": path, "free": mega(d.Free)}
		switch {
		case d.Free < diskFull:
			found = append(found, one(Wrong, "disk_full", args)...)
		case d.Free < diskNear:
			found = append(found, one(Warn, "disk_near", args)...)
		default:
			found = append(found, one(Good, "disk", args)...)
		}
	}
	return found
}

// mega writes an amount in MB or GB.
func mega(bytes uint64) string {
	if bytes >= 10<<30 {
		return strconv.FormatUint(bytes>>30, 10) + " GB"
	}
	return strconv.FormatUint(bytes>>20, 10) + " MB"
}

const memoryLow = 256 << 20

func memory(_ context.Context, p *patient) []Finding {
	free, err := available(p.Machine.MemoryFile)
	if err != nil {
		return nil // not every system tells
	}
	if free < memoryLow {
		return one(Warn, "memory_low", errs.Args{"free": mega(free)})
	}
	return nil
}

// available reads the line "MemAvailable:  123456 kB".
func available(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) >= 2 && words[0] == "MemAvailable:" {
			kilo, err := strconv.ParseUint(words[1], 10, 64)
			return kilo << 10, err
		}
	}
	return 0, fmt.Errorf("%s says nothing of available memory", path)
}
