package register

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/register/codelist"
)

const (
	maxText   = 100
	maxReason = 300
)

// draft is an Input on its way to be a record.
type draft struct {
	in          Input
	prefix      string // of field names, "" for one form
	problems    *errs.Problems
	point       points.Point
	project     funding.Project
	programme   funding.Programme
	facilitator string
	addressID   string
	startsAt    time.Time
	people      []person
	id          string
	corrects    string
	corrected   map[string]known // people of the record being corrected
}

// person is a Citizen on the way to be an attendance.
type person struct {
	field    string // "citizens.2."
	typed    Citizen
	code     codes.TaxCode
	key      string // digest of the code
	document string
	same     string // two people of a record with the same one are the same person
	known    *known // already in the register
	now      traits // what the attendance will say
}

func (d *draft) add(field, key string, args ...errs.Args) {
	d.problems.Add(d.prefix+field, key, args...)
}

// authorise decides whether who may write d at all. A refusal here stops everything.
func (d *draft) authorise(who identity.Actor, refs References) error {
	d.facilitator = either(d.in.FacilitatorID, refs.own)
	if d.in.PointID == "" {
		if !who.Can(identity.Record) {
			return identity.ErrForbidden
		}
		d.add("point", keyRequired)
		return nil
	}
	point, ok := refs.points[d.in.PointID]
	if !ok {
		if !who.Can(identity.Record) {
			return identity.ErrForbidden
		}
		return identity.ErrNotHere
	}
	target := refs.target(point)
	if err := who.Require(identity.Record, target); err != nil {
		return err
	}
	d.point = point
	if d.facilitator != refs.own && !forOthers(who, identity.Record, target) {
		return ErrNotYours
	}
	return nil
}

// check notes everything that is wrong with the record itself on the day today.
func (d *draft) check(refs References, today calendar.Day) {
	d.checkDay(refs, today)
	d.checkPlace()
	d.checkFacilitator(refs)
	d.checkNumbers()
	d.in.Types = d.list("types", codelist.Types, d.in.Types)
	d.in.Skills = d.list("skills", codelist.Skills, d.in.Skills)
	d.in.Domains = d.list("domains", codelist.Domains, d.in.Domains)
	if d.in.Outcome == "" {
		d.in.Outcome = Solved
	}
	d.choice("outcome", string(d.in.Outcome), string(Solved), string(InPart), string(Postponed), string(SentElsewhere))
	d.in.Detail = strings.TrimSpace(clean(d.in.Detail))
	if n := utf8.RuneCountInString(d.in.Detail); n > MaxDetail {
		d.add("detail", keyDetail, errs.Args{"max": MaxDetail, "over": n - MaxDetail})
	}
}

func (d *draft) checkDay(refs References, today calendar.Day) {
	day := d.in.Day
	if day.IsZero() {
		d.add("day", keyRequired)
		return
	}
	at, err := day.At(d.in.Start)
	if r, ok := errors.AsType[*errs.Refusal](err); ok {
		d.add("start", r.Key, r.Args)
	}
	d.startsAt = at
	if day.After(today) {
		d.add("day", keyFuture)
	}
	if d.point.ID == "" {
		return
	}
	project, ok := refs.projects[d.point.ProjectID]
	if !ok {
		d.add("point", keyNoProject)
		return
	}
	d.project, d.programme = project, refs.programmes[project.ProgrammeID]
	if day.Before(project.StartsOn) || day.After(project.EndsOn) {
		d.add("day", keyOutside, errs.Args{"from": project.StartsOn, "to": project.EndsOn})
	}
	if opened := d.point.OpenedOn; opened.IsZero() && d.point.State != points.StateOpen || day.Before(opened) {
		d.add("day", keyPointNotOpen)
	}
	if closed := d.point.ClosedOn; d.point.State == points.StateClosed && !closed.IsZero() && day.After(closed) {
		d.add("day", keyPointClosed, errs.Args{"day": closed})
	}
}

func (d *draft) checkPlace() {
	if d.point.ID == "" {
		return
	}
	for i, a := range d.point.Addresses {
		if a.ID == d.in.AddressID || d.in.AddressID == "" && i == 0 {
			d.addressID = a.ID
			return
		}
	}
	d.add("address", keyAddress)
}

func (d *draft) checkFacilitator(refs References) {
	if d.facilitator == "" {
		d.add("facilitator", keyRequired)
		return
	}
	f, ok := refs.facilitators[d.facilitator]
	if !ok || d.point.ID != "" && !servesOn(f, d.point.ID, d.in.Day) {
		d.add("facilitator", keyFacilitator)
	}
}

func servesOn(f facilitators.Facilitator, pointID string, day calendar.Day) bool {
	for _, served := range f.Points {
		if served.PointID == pointID && !day.Before(served.From) && (served.To.IsZero() || !day.After(served.To)) {
			return true
		}
	}
	return false
}

func (d *draft) checkNumbers() {
	if d.in.Minutes < 1 || d.in.Minutes > MaxMinutes {
		d.add("minutes", keyMinutes)
	}
	if a := d.in.Autonomy; a.OK && (a.V < 0 || a.V > MaxAutonomy) {
		d.add("autonomy", keyAutonomy)
	}
	switch n := len(d.in.Citizens); {
	case n == 0:
		d.add("citizens", keyNobody)
	case n > MaxCitizens:
		d.add("citizens", keyCrowd, errs.Args{"max": MaxCitizens})
	}
}

// list checks the codes of one field and returns them in order, each once.
func (d *draft) list(field string, list codelist.List, values []string) []string {
	if len(values) == 0 {
		d.add(field, keyChoose)
		return nil
	}
	for _, v := range values {
		if !list.Has(v) {
			d.add(field, keyNoSuchCode, errs.Args{"code": clip(v)})
			return nil
		}
	}
	return list.Sort(values)
}

func (d *draft) choice(field, value string, allowed ...string) {
	for _, one := range allowed {
		if one == value {
			return
		}
	}
	d.add(field, keyNoSuchCode, errs.Args{"code": clip(value)})
}

// clip keeps what a message repeats short: it came from outside.
func clip(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20])
	}
	return s
}

// checkPeople reads the tax codes and documents of everybody and finds who is there twice.
func (d *draft) checkPeople(digest func(codes.TaxCode) string) {
	if len(d.in.Citizens) > MaxCitizens {
		return
	}
	seen := map[string]bool{}
	for i, c := range d.in.Citizens {
		p := person{field: "citizens." + strconv.Itoa(i+1) + ".", typed: trimmed(c)}
		d.identify(&p, digest)
		if p.same != "" && seen[p.same] {
			d.add(p.identifier(), keyTwice)
		}
		seen[p.same] = true
		d.people = append(d.people, p)
	}
}

func (p person) identifier() string {
	if p.document != "" {
		return p.field + "document_number"
	}
	return p.field + "tax_code"
}

func (d *draft) identify(p *person, digest func(codes.TaxCode) string) {
	c := p.typed
	d.checkTexts(p)
	switch {
	case c.TaxCode != "":
		code, err := parseTaxCode(c.TaxCode)
		if r, ok := errors.AsType[*errs.Refusal](err); ok {
			d.add(p.field+"tax_code", r.Key, r.Args)
			return
		}
		p.code, p.key = code, digest(code)
		p.same = p.key
	case c.CitizenID != "":
		k, ok := d.corrected[c.CitizenID]
		if !ok {
			d.add(p.field+"tax_code", keyNotInRecord)
			return
		}
		p.known, p.key, p.code, p.same = &k, k.key, k.code, k.id
		if k.key != "" {
			p.same = k.key
		}
	case c.DocumentKind != "" || c.DocumentNumber != "":
		d.checkDocument(p)
	}
}

// parseTaxCode tells an 11-digit provisional code from a tax code that is badly typed.
func parseTaxCode(s string) (codes.TaxCode, error) {
	compact := strings.Join(strings.Fields(s), "")
	if _, err := strconv.ParseUint(compact, 10, 64); err == nil && len(compact) == 11 {
		return "", ErrProvisional
	}
	return codes.ParseTaxCode(s)
}

func (d *draft) checkDocument(p *person) {
	if !codelist.Documents.Has(p.typed.DocumentKind) {
		d.add(p.field+"document_kind", keyChoose)
		return
	}
	number := strings.ToUpper(strings.Join(strings.Fields(p.typed.DocumentNumber), ""))
	if number == "" || utf8.RuneCountInString(number) > maxText {
		d.add(p.field+"document_number", keyDocumentNumber)
		return
	}
	p.document = number
	p.same = p.typed.DocumentKind + " " + number
}

func (d *draft) checkTexts(p *person) {
	c := &p.typed
	for _, one := range []struct{ field, value string }{{"name", c.Name}, {"surname", c.Surname}, {"province", c.Province}} {
		if utf8.RuneCountInString(one.value) > maxText {
			d.add(p.field+one.field, keyLong, errs.Args{"max": maxText})
		}
	}
	for _, one := range []struct {
		field, value string
		list         codelist.List
	}{
		{"education", c.Education, codelist.Education}, {"occupation", c.Occupation, codelist.Occupations},
		{"citizenship", c.Citizenship, codelist.Citizenships}, {"gender", c.Gender, codelist.Genders},
	} {
		if one.value != "" && !one.list.Has(one.value) {
			d.add(p.field+one.field, keyNoSuchCode, errs.Args{"code": clip(one.value)})
		}
	}
	if c.NoticeGiven == "" {
		c.NoticeGiven = OnPaper
	}
	d.choice(p.field+"notice_given", string(c.NoticeGiven), string(OnPaper), string(Online), string(ByEmail))
}

func trimmed(c Citizen) Citizen {
	c.TaxCode = strings.TrimSpace(c.TaxCode)
	for _, text := range []*string{&c.Name, &c.Surname, &c.Province} {
		*text = strings.Join(strings.Fields(clean(*text)), " ")
	}
	return c
}

// clean takes out what a database cannot keep and nobody types: NUL, other controls, broken UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
