package territory

import (
	"compress/gzip"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

//go:embed all:seed
var seedFiles embed.FS

const seedFile = "seed/municipalities.csv.gz"

// ErrNoSeed says that the program was built without the data of the territory, and how to make them.
var ErrNoSeed = errors.New("territory: the list of municipalities is not in this program: run `make assets`, then build again")

// SeedRow is one municipality as it comes with the program.
type SeedRow struct {
	Belfiore     string
	ISTAT        string
	Name         string
	NameOther    string
	ProvinceCode string
	ProvinceName string
	Sigla        string
	RegionCode   string
	RegionName   string
	// Population counts the residents of the 2011 census, until a newer year is imported.
	Population int
	// Located is false when nothing is known of Lat and Lon, which are then zero.
	Located  bool
	Lat, Lon float64
	// CAPs lists the postal codes; large towns have many.
	CAPs []string
	// Capital is true for the chief towns of a province.
	Capital bool
}

var seedHeader = []string{
	"belfiore", "istat", "name", "name_other", "province_code", "province_name", "sigla",
	"region_code", "region_name", "population", "lat", "lon", "caps", "capital",
}

// Seed reads the municipalities that come with the program, in order of ISTAT code.
// It returns ErrNoSeed when the program was built without them.
func Seed() ([]SeedRow, error) { return readSeed(seedFiles) }

func readSeed(files fs.FS) ([]SeedRow, error) {
	f, err := files.Open(seedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoSeed
	}
	if err != nil {
		return nil, fmt.Errorf("territory: open seed: %w", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("territory: unzip seed: %w", err)
	}
	return parseSeed(unzipped)
}

func parseSeed(r io.Reader) ([]SeedRow, error) {
	lines := csv.NewReader(r)
	header, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("territory: read seed: %w", err)
	}
	if !slices.Equal(header, seedHeader) {
		return nil, fmt.Errorf("territory: the seed has columns %v, want %v: run `make assets`", header, seedHeader)
	}
	var rows []SeedRow
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("territory: read seed: %w", err)
		}
		row, err := seedRow(cells)
		if err != nil {
			return nil, fmt.Errorf("territory: seed, municipality %q: %w", cells[0], err)
		}
		rows = append(rows, row)
	}
}

func seedRow(cells []string) (SeedRow, error) {
	row := SeedRow{
		Belfiore: cells[0], ISTAT: cells[1], Name: cells[2], NameOther: cells[3],
		ProvinceCode: cells[4], ProvinceName: cells[5], Sigla: cells[6],
		RegionCode: cells[7], RegionName: cells[8],
		CAPs: strings.Fields(cells[12]), Capital: cells[13] == "1",
	}
	var err error
	if row.Population, err = strconv.Atoi(cells[9]); err != nil {
		return SeedRow{}, err
	}
	if cells[10] == "" {
		return row, nil
	}
	row.Located = true
	if row.Lat, err = strconv.ParseFloat(cells[10], 64); err != nil {
		return SeedRow{}, err
	}
	row.Lon, err = strconv.ParseFloat(cells[11], 64)
	return row, err
}
