package coverage

import (
	"context"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/territory"
)

// Slug returns what stands for a municipality in addresses of pages: "aliano-mt". No province has two
// municipalities of one name.
func Slug(m territory.Municipality) string {
	return strings.ReplaceAll(territory.Fold(m.Name+" "+m.ProvinceAbbr), " ", "-")
}

// BySlug returns the municipality in force of a slug, of a Belfiore code or of the ISTAT code that holds
// today; one that has ceased answers with what is in its place. It refuses with
// territory.ErrNoMunicipality.
func (s *Service) BySlug(ctx context.Context, slug string, today calendar.Day) (territory.Municipality, error) {
	if belfiore := strings.ToUpper(slug); len(belfiore) == 4 {
		if m, err := s.territory.Current(ctx, belfiore); err == nil {
			return m, nil
		}
	}
	if m, err := s.territory.ByISTAT(ctx, slug, today); err == nil {
		return m, nil
	}
	name, abbr, ok := cutLast(strings.ToLower(slug))
	if !ok {
		return territory.Municipality{}, territory.ErrNoMunicipality
	}
	// The name of a municipality that has ceased leads to its heir, and so does its page.
	found, err := s.territory.Find(ctx, strings.ReplaceAll(name, "-", " "), "", mostOfOneName)
	if err != nil {
		return territory.Municipality{}, err
	}
	for _, m := range found {
		if Slug(m) == strings.ToLower(slug) {
			return m, nil
		}
	}
	for _, m := range found {
		if m.Formerly != "" && strings.EqualFold(m.ProvinceAbbr, abbr) && territory.Fold(m.Formerly) == strings.ReplaceAll(name, "-", " ") {
			return m, nil
		}
	}
	return territory.Municipality{}, territory.ErrNoMunicipality
}

// mostOfOneName bounds how many answers are looked through: no name of a town begins so many others.
const mostOfOneName = 200

func cutLast(slug string) (name, abbr string, ok bool) {
	i := strings.LastIndexByte(slug, '-')
	if i < 1 {
		return "", "", false
	}
	return slug[:i], slug[i+1:], true
}
