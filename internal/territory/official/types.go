package official

import (
	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Kind is what an official file is about.
type Kind string

// The kinds that Read knows, with the field of File that holds their rows.
const (
	// Situas is ISTAT's list of municipalities on a day: Towns.
	Situas Kind = "situas"
	// Elenco is ISTAT's Elenco-comuni-italiani, with the codes of older years: Towns.
	Elenco Kind = "elenco"
	// Changes is ISTAT's list of administrative changes since 1991: Changes.
	Changes Kind = "changes"
	// Suppressions is ISTAT's list of municipalities that ceased: Changes.
	Suppressions Kind = "suppressions"
	// Population is ISTAT's P2, residents on 31 December: Populations.
	Population Kind = "population"
	// Residents is ANPR's monthly count of residents: Populations.
	Residents Kind = "residents"
	// Classifications is ISTAT's table of area, altitude, coast and urbanisation: Classes.
	Classifications Kind = "classifications"
	// InnerAreas is the classification of inner areas: InnerAreas.
	InnerAreas Kind = "inner_areas"
	// Posas is ISTAT's residents by year of age on 1 January: Ages.
	Posas Kind = "posas"
	// AgeBands is a table of residents by bands of age, found by a mapping of columns: Ages.
	AgeBands Kind = "ages"
	// Bodies is the index of public bodies, IndicePA, in either form: Bodies.
	Bodies Kind = "bodies"
	// Boundaries is TopoJSON or GeoJSON of municipalities: Boundaries.
	Boundaries Kind = "boundaries"
	// Travel is ISTAT's matrix of road minutes: Travels, or the callback of Options.
	Travel Kind = "travel"
	// Broadband is the coverage of addresses, summed for each municipality: Broadbands.
	Broadband Kind = "broadband"
	// Archive is ANPR's archive of all municipalities since 1861: Archive.
	Archive Kind = "archive"
	// Sut is the Interior Ministry's list with electoral codes: Sut.
	Sut Kind = "sut"
	// Unknown marks a table inside a zip that is of no known kind: it has a problem and no rows.
	Unknown Kind = "unknown"
)

// Options say how a file is to be read. The zero value is right for the files as published.
type Options struct {
	// Kind is what the file is taken for, when the sender says so; "" looks at the content.
	Kind Kind
	// Columns maps names of columns of the file to meanings, for the kinds AgeBands, Travel and
	// Broadband whose heads differ from one publisher to the next. Names are compared folded, and
	// the meanings are those of Meanings.
	Columns map[string]string
	// Reference is the day the file speaks of, where neither its name nor its content tells.
	Reference calendar.Day
	// Keep says which pairs of codes of a travel matrix are wanted; nil keeps all of them.
	Keep func(from, to string) bool
	// Each takes the pairs of a travel matrix one by one, and then Travels stays empty. Its error
	// stops the reading and is returned.
	Each func(Trip) error
	// MaxBytes bounds what is read: 128 MB for a workbook or map, 4 GB for a stream, when zero.
	MaxBytes int64
	// MaxRows bounds the rows that are kept, 2,000,000 when zero.
	MaxRows int
}

// File is what one table of one file holds. Exactly one of the slices is filled, as Kind says.
type File struct {
	// Name is the name of the file; inside a zip "archive.zip/table.csv".
	Name string
	Kind Kind
	// Title is the sheet or the title row, where there is one.
	Title string
	// Reference is the day that the rows speak of; zero when nothing tells.
	Reference calendar.Day
	// Provisional reports figures that the publisher may still correct.
	Provisional bool
	// Estimated reports figures that the publisher calls an estimate ("stima").
	Estimated bool
	// Rows counts the rows of the table that were taken.
	Rows int
	// Skipped counts notes, totals and, in a travel matrix, pairs that were not wanted.
	Skipped int
	// Wrong counts the rows that were left out because of a problem.
	Wrong int
	// Problems tell what is wrong, in the order of the rows, at most MaxProblems of them.
	Problems []Problem

	Towns       []Town
	Changes     []Change
	Populations []PopulationRow
	Classes     []Class
	InnerAreas  []InnerArea
	Ages        []Age
	Bodies      []Body
	Boundaries  []Boundary
	Travels     []Trip
	Broadbands  []Coverage
	Archive     []ArchiveTown
	Sut         []SutTown
}

// MaxProblems is how many problems of one file are told; the others are only counted.
const MaxProblems = 200

// Problem is one thing wrong with one cell.
type Problem struct {
	// Row is the row as a spreadsheet numbers it; of a map, the number of the shape.
	Row int
	// Column is the head of the column as the file writes it, "" when the whole row is meant.
	Column string
	// Value is what stands in the cell, shortened.
	Value string
	// Key and Args make the message.
	Key  string
	Args errs.Args
	// Notice reports that the row was taken all the same.
	Notice bool
}

// Town is a municipality in a list of ISTAT.
type Town struct {
	Row int
	// ISTAT is the code in force on the day of the list, Belfiore the stable one.
	ISTAT, Belfiore string
	// Name is the official name, of both languages where there are two.
	Name, NameIT, NameOther string
	RegionCode, Region      string
	// ProvinceCode is the historic province, the first three digits of ISTAT; UTSCode is that of the
	// present unit: 2xx for metropolitan cities.
	ProvinceCode, UTSCode string
	// Province is the name of the unit and Plate its letters on number plates.
	Province, Plate string
	// UTSKind is 1 province, 2 autonomous province, 3 metropolitan city, 4 free consortium, 5 unit of
	// Friuli-Venezia Giulia that is no body, 0 when the list does not tell.
	UTSKind int
	// RegionCapital is always false in an Elenco, which does not tell.
	RegionCapital, ProvinceCapital bool
	// TaxCode is that of the body; only in Situas.
	TaxCode string
	// NUTS3 is the newest one that the list has, and NUTSYear its edition, 0 when the head has no year.
	NUTS3    string
	NUTSYear int
	// ISTAT110, ISTAT107 and ISTAT103 are the codes when Italy had so many provinces: 2010 to 2016,
	// 2006 to 2009, 1995 to 2005. Only in an Elenco, and "" where the municipality did not exist.
	ISTAT110, ISTAT107, ISTAT103 string
}

// Change is one event in the life of a municipality, seen from one of the two sides.
type Change struct {
	Row  int
	Year int
	// Type is AP change of province, RN renumbering, ES extinction, CS constitution, AQES gain by an
	// extinction, CE and AQ land given and taken, CECS land given to a new unit, CD new name; in
	// Suppressions also AS, ceded to another State, and then nothing is known of the other side.
	Type string
	// UTS, Plate, ISTAT and Name are of the municipality before the event, To... of the other one.
	UTS, Plate, ISTAT, Name         string
	ToUTS, ToPlate, ToISTAT, ToName string
	// Act is the law or decree and Content what it says.
	Act, Content string
	Date         calendar.Day
	// Split reports that a municipality that ceased was divided among several ("scorporo").
	Split bool
}

// PopulationRow is the residents of one municipality.
type PopulationRow struct {
	Row                 int
	ISTAT, Name         string
	Male, Female, Total int
	// Sexes reports whether Male and Female are known.
	Sexes       bool
	Provisional bool
}

// Class is the geography of one municipality. The pointers are nil where the file has no figure.
type Class struct {
	Row         int
	ISTAT, Name string
	AreaKM2     float64
	// AltitudeM is that of the town hall.
	AltitudeM *int
	// AltimetricZone is 1 inner mountain, 2 coastal mountain, 3 inner hill, 4 coastal hill, 5 plain, 0
	// unknown.
	AltimetricZone int
	// Coastal is on the sea; Island is on an island, all of Sicily and Sardinia left out.
	Coastal, Island bool
	// Degurba is 1 city, 2 town or suburb, 3 rural, 0 unknown.
	Degurba int
	// Population is of PopulationDay, and LegalPopulation that of the last census.
	Population, LegalPopulation *int
	PopulationDay               calendar.Day
}

// InnerArea is the class of one municipality: A pole, B pole of several, C belt, D between, E
// outlying, F far outlying.
type InnerArea struct {
	Row                   int
	ISTAT, Belfiore, Name string
	// Class2014 may be "", for municipalities that did not exist.
	Class2014, Class2021 string
	// PoleISTAT and PoleName are of the pole that most people go to, with the code of its year.
	PoleISTAT, PoleName string
}

// Age is the residents of one municipality by age and sex.
type Age struct {
	Row         int
	ISTAT, Name string
	// To14 counts 0 to 14 years, To64 15 to 64, From65 65 and older.
	To14, To64, From65 int
	// Male and Female are zero when Sexes is false.
	Male, Female int
	Sexes        bool
}

// Total returns the residents of every age.
func (a Age) Total() int { return a.To14 + a.To64 + a.From65 }

// BodyKind is what sort of public body it is, as far as this program cares.
type BodyKind string

// The kinds of body.
const (
	Municipality BodyKind = "municipality"
	Province     BodyKind = "province" // metropolitan cities too
	Union        BodyKind = "union"    // unions, consortia and mountain communities
	Region       BodyKind = "region"
	OtherBody    BodyKind = "other"
)

// Body is a public body of IndicePA. It holds no name of a person.
type Body struct {
	Row  int
	IPA  string
	Name string
	Kind BodyKind
	// Category is the code ("L6") or, in the older file, the words of the index.
	Category string
	// TaxCode is eleven digits, "" where the index has something else.
	TaxCode string
	// ISTAT and Belfiore are of the municipality where the seat is; the older file has neither, only
	// Place, Plate and RegionName.
	ISTAT, Belfiore          string
	Place, Plate, RegionName string
	CAP, Address             string
	// PEC is the first certified address and Mail the first plain one.
	PEC, Mail, Site string
	// Updated is when the body was last changed in the index.
	Updated calendar.Day
	// Liquidation reports a body that is being closed.
	Liquidation bool
}

// Trip is one pair of a travel matrix; from and to are ISTAT codes of the year of the matrix.
type Trip struct {
	From, To string
	Minutes  float64
	KM       float64
}

// Coverage is how the addresses of one municipality are connected.
type Coverage struct {
	ISTAT string
	// Day is the newest day among its rows.
	Day calendar.Day
	// Addresses counts all; White, Grey and Black those with no, one, several fast networks.
	Addresses, White, Grey, Black int
	// FTTH and FWA count the addresses that fibre and fixed radio reach.
	FTTH, FWA int
}

// ArchiveTown is one period of one municipality in ANPR's archive.
type ArchiveTown struct {
	Row             int
	ISTAT, Belfiore string
	Name, NameOther string
	RegionCode      string
	Plate           string
	// From is the first day; To is the last, zero while the municipality is still there.
	From, To calendar.Day
	Updated  calendar.Day
}

// SutTown is a municipality in the list of the Interior Ministry.
type SutTown struct {
	Row                   int
	ISTAT, Belfiore, Name string
	Plate                 string
	Electoral             string
}
