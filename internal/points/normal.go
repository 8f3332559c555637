package points

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

const longestName = 200

// Check returns p as Add and Edit would keep it, or refuses with fields: "code", "official_name",
// "kind", "managing_body_id", "addresses.0.cap", "addresses.0.hours" and so on. It looks up
// municipalities, bodies and the project; whether names and codes are free is known only on writing.
func (s *Service) Check(ctx context.Context, p Point) (Point, error) {
	p = p.clone()
	var problems errs.Problems
	p.checkDetails(&problems)
	if err := s.checkRelations(ctx, &problems, p); err != nil {
		return Point{}, err
	}
	if err := s.checkAddresses(ctx, &problems, p.Addresses); err != nil {
		return Point{}, err
	}
	return p, problems.Err()
}

func (p *Point) checkDetails(problems *errs.Problems) {
	for _, text := range []*string{&p.Code, &p.OfficialName, &p.PublicName, &p.FacilitaName, &p.FacilitaNumber, &p.Kind, &p.Phone, &p.Email, &p.Booking, &p.Source, &p.State} {
		*text = strings.TrimSpace(*text)
	}
	p.Code = strings.ToUpper(p.Code)
	if strings.Trim(p.Code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		problems.Add("code", "points.code_form")
	}
	if territory.Fold(p.OfficialName) == "" {
		problems.Add("official_name", "points.name_missing")
	}
	if len(p.OfficialName) > longestName {
		problems.Add("official_name", "points.name_long", errs.Args{"max": longestName})
	}
	if p.PublicName == "" {
		p.PublicName = p.OfficialName
	}
	if !slices.Contains(Kinds(), p.Kind) {
		problems.Add("kind", "points.kind_unknown")
	}
	if p.State == "" {
		p.State = StateAwarded
	}
	if !slices.Contains(States(), p.State) {
		problems.Add("state", "points.state_unknown")
	}
	if p.Booking == "" {
		p.Booking = BookingPossible
	}
	if !slices.Contains(Bookings(), p.Booking) {
		problems.Add("booking", "points.booking_unknown")
	}
	if strings.Trim(p.FacilitaNumber, "0123456789") != "" {
		problems.Add("facilita_number", "points.facilita_number")
	}
	if _, err := mail.ParseAddress(p.Email); p.Email != "" && err != nil {
		problems.Add("email", "points.email")
	}
	p.Accessibility = checkTags(problems, "accessibility", p.Accessibility, AccessibilityTags())
	p.Services = checkTags(problems, "services", p.Services, ServiceTags())
	p.Languages = checkTags(problems, "languages", p.Languages, LanguageTags())
}

func checkTags(problems *errs.Problems, field string, tags, known []string) []string {
	slices.Sort(tags)
	tags = slices.Compact(tags)
	for _, tag := range tags {
		if !slices.Contains(known, tag) {
			problems.Add(field, "points.tag_unknown", errs.Args{"tag": tag})
		}
	}
	return tags
}

// checkRelations notes bodies that are not there and a project that is not.
func (s *Service) checkRelations(ctx context.Context, problems *errs.Problems, p Point) error {
	bodies, err := s.orgs.ByIDs(ctx, p.Bodies())
	if err != nil {
		return err
	}
	for _, b := range []struct{ field, id, key string }{
		{"managing_body_id", p.ManagingBodyID, "points.managing_missing"},
		{"delivering_body_id", p.DeliveringBodyID, "points.body_unknown"},
	} {
		if _, ok := bodies[b.id]; !ok && (b.id != "" || b.field == "managing_body_id") {
			problems.Add(b.field, b.key)
		}
	}
	if p.ProjectID == "" {
		return nil
	}
	projects, err := s.funding.ProjectsByIDs(ctx, []string{p.ProjectID})
	if _, ok := projects[p.ProjectID]; err == nil && !ok {
		problems.Add("project_id", "points.project_unknown")
	}
	return err
}

// checkAddresses normalises addresses in place and notes what is wrong with each.
func (s *Service) checkAddresses(ctx context.Context, problems *errs.Problems, addresses []Address) error {
	if len(addresses) == 0 {
		problems.Add("addresses.0.belfiore", "points.address_missing")
	}
	ids := make([]string, len(addresses))
	for i := range addresses {
		addresses[i].Belfiore = strings.ToUpper(strings.TrimSpace(addresses[i].Belfiore))
		ids[i] = addresses[i].Belfiore
	}
	towns, err := s.territory.ByBelfiore(ctx, ids)
	if err != nil {
		return err
	}
	for i := range addresses {
		a, prefix := &addresses[i], fmt.Sprintf("addresses.%d.", i)
		a.Position = i
		if _, ok := towns[a.Belfiore]; !ok {
			problems.Add(prefix+"belfiore", "points.municipality")
		}
		if err := a.check(problems, prefix); err != nil {
			return err
		}
	}
	return nil
}

func (a *Address) check(problems *errs.Problems, prefix string) error {
	a.Place, a.Street, a.CAP = strings.TrimSpace(a.Place), strings.TrimSpace(a.Street), strings.TrimSpace(a.CAP)
	if a.CAP != "" {
		code, err := codes.CheckCAP(a.CAP)
		if err == nil {
			a.CAP = code
		}
		if err := problems.Check(prefix+"cap", err); err != nil {
			return err
		}
	}
	if a.HasAt && !a.At.Valid() {
		problems.Add(prefix+"at", "points.coordinates")
	}
	for i := range a.Schedules {
		normal, err := a.Schedules[i].normal()
		if err == nil {
			a.Schedules[i] = normal
		}
		if err := notePrefixed(problems, prefix, err); err != nil {
			return err
		}
	}
	return notePrefixed(problems, prefix, checkSeasons(a.Schedules))
}

// notePrefixed notes the problems of err with prefix before their fields; a fault comes back.
func notePrefixed(problems *errs.Problems, prefix string, err error) error {
	var own errs.Problems
	if err := own.Check("hours", err); err != nil {
		return err
	}
	for _, p := range own {
		problems.Add(prefix+p.Field, p.Key, p.Args)
	}
	return nil
}

// taken turns a broken constraint into a refusal at its field.
func taken(err error) error {
	c, ok := sqldb.Broken(err)
	if !ok {
		return err
	}
	switch c {
	case "points_point_code":
		return problem("code", "points.code_taken")
	case "points_point_name":
		return problem("official_name", "points.name_taken")
	case "points_band_overlap", "points_band_pkey", "points_exception_overlap", "points_exception_band_pkey":
		return problem("hours", "calendar.band_overlap")
	}
	return err
}
