// Package orgs holds the bodies of the network (it: gli enti): region, municipalities, unions,
// provinces, third-sector bodies, companies, and what each does in the network from when to when.
//
// Its rules: no two bodies in force have the same name (as it is searched, package territory), IPA
// code or tax code; a body that ends keeps its history and frees its names, and ends only when nobody
// still needs it (fact [Ending]); a body may hold several roles at once, each with its days; two records
// of one body become one (fact [Merged]), the old id leads to the one kept, and for [UndoDays] days it
// can be undone.
//
// It does not hold people (packages identity, facilitators), money (funding) or places (points).
package orgs

import (
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Refusals.
var (
	ErrNotHere  = errs.New(errs.NotFound, "orgs.not_here")
	ErrEnded    = errs.New(errs.Conflict, "orgs.ended")
	ErrNotEnded = errs.New(errs.Conflict, "orgs.not_ended")
	ErrMerged   = errs.New(errs.Conflict, "orgs.merged")
	ErrNoRole   = errs.New(errs.NotFound, "orgs.no_role")
	// ErrChanged refuses an edit of what somebody else changed meanwhile.
	ErrChanged = errs.New(errs.Conflict, "orgs.changed_meanwhile")
)

// The kinds of body.
const (
	KindRegion       = "region"
	KindMunicipality = "municipality"
	KindUnion        = "union"
	KindProvince     = "province"
	KindThirdSector  = "third_sector"
	KindCompany      = "company"
	KindOther        = "other"
)

// Kinds lists the kinds in the order in which pages show them; "orgs.kind." + kind is the word.
func Kinds() []string {
	return []string{KindRegion, KindMunicipality, KindUnion, KindProvince, KindThirdSector, KindCompany, KindOther}
}

// The roles of a body in the network.
const (
	RoleImplementer       = "implementer"        // soggetto attuatore
	RoleSubImplementer    = "sub_implementer"    // sub-attuatore
	RoleDeliveringPartner = "delivering_partner" // soggetto realizzatore
	RoleHost              = "host"               // chi ospita il punto
)

// RoleNames lists the roles in the order in which pages show them; "orgs.role." + role is the word.
func RoleNames() []string {
	return []string{RoleImplementer, RoleSubImplementer, RoleDeliveringPartner, RoleHost}
}

// Body is an organisation of the network (it: ente).
type Body struct {
	ID        string `json:"id" audit:"-"`
	Name      string `json:"name"`
	ShortName string `json:"short_name"`
	Kind      string `json:"kind"`
	// IPACode is the code in the index of public bodies, in lower case; empty for private bodies.
	IPACode string `json:"ipa_code"`
	// TaxCode is the eleven digits of a body.
	TaxCode string `json:"tax_code"`
	// Belfiore is the municipality of the seat.
	Belfiore string       `json:"belfiore"`
	Email    string       `json:"email"`
	PEC      string       `json:"pec"`
	Phone    string       `json:"phone"`
	EndedOn  calendar.Day `json:"ended_on"`
	// Version grows with each edit; Edit refuses a body read before the latest.
	Version int `json:"-" audit:"-"`
	// MergedInto is the body that took its place, when two records of it became one.
	MergedInto string `json:"-" audit:"-"`
}

// Short returns the short name, or the name when there is none.
func (b Body) Short() string {
	if b.ShortName != "" {
		return b.ShortName
	}
	return b.Name
}

// InForce reports whether the body exists on a day.
func (b Body) InForce(on calendar.Day) bool { return b.EndedOn.IsZero() || b.EndedOn.After(on) }

// Role is what a body does in the network, from a day to a day (zero: without end).
type Role struct {
	Name     string
	From, To calendar.Day
}

// ParseKind reads a kind as files write it: "Comune", "Unione di comuni", "Cooperativa sociale",
// "third_sector". What is not understood is KindOther.
func ParseKind(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, k := range Kinds() {
		if s == k {
			return k
		}
	}
	for _, known := range []struct{ part, kind string }{
		{"unione", KindUnion}, {"comune", KindMunicipality}, {"provincia", KindProvince},
		{"città metropolitana", KindProvince}, {"regione", KindRegion},
		{"terzo settore", KindThirdSector}, {"coop", KindThirdSector}, {"associazione", KindThirdSector},
		{"impresa sociale", KindThirdSector}, {"misericordia", KindThirdSector}, {"fondazione", KindThirdSector},
		{"arci", KindThirdSector}, {"auser", KindThirdSector}, {"aps", KindThirdSector},
		{"s.r.l", KindCompany}, {"srl", KindCompany}, {"s.p.a", KindCompany}, {"spa", KindCompany},
	} {
		if strings.Contains(s, known.part) {
			return known.kind
		}
	}
	return KindOther
}
