package orgs

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// normal returns b as it is kept, or refuses with fields.
func (s *Service) normal(ctx context.Context, b Body) (Body, error) {
	var problems errs.Problems
	for _, text := range []*string{&b.Name, &b.ShortName, &b.Kind, &b.IPACode, &b.TaxCode, &b.Belfiore, &b.Email, &b.PEC, &b.Phone} {
		*text = strings.TrimSpace(*text)
	}
	if territory.Fold(b.Name) == "" {
		problems.Add("name", "orgs.name_missing")
	}
	if !slices.Contains(Kinds(), b.Kind) {
		problems.Add("kind", "orgs.kind_unknown")
	}
	var err error
	if b.IPACode != "" {
		if b.IPACode, err = codes.CheckIPA(b.IPACode); problems.Check("ipa_code", err) != nil {
			return Body{}, err
		}
	}
	if b.TaxCode != "" {
		if b.TaxCode, err = codes.CheckVAT(b.TaxCode); problems.Check("tax_code", err) != nil {
			return Body{}, err
		}
	}
	for _, m := range []struct{ field, address string }{{"email", b.Email}, {"pec", b.PEC}} {
		if _, err := mail.ParseAddress(m.address); m.address != "" && err != nil {
			problems.Add(m.field, "orgs.email")
		}
	}
	if b.Belfiore != "" {
		b.Belfiore = strings.ToUpper(b.Belfiore)
		known, err := s.territory.ByBelfiore(ctx, []string{b.Belfiore})
		if err != nil {
			return Body{}, err
		}
		if _, ok := known[b.Belfiore]; !ok {
			problems.Add("belfiore", "orgs.municipality")
		}
	}
	return b, problems.Err()
}

func checkRoles(roles []Role) error {
	var problems errs.Problems
	for _, r := range roles {
		switch {
		case !slices.Contains(RoleNames(), r.Name):
			problems.Add("role", "orgs.role_unknown")
		case r.From.IsZero():
			problems.Add("from", "orgs.role_from")
		case !r.To.IsZero() && r.To.Before(r.From):
			problems.Add("to", "orgs.role_days")
		}
	}
	return problems.Err()
}

// taken turns a broken constraint into a refusal at its field.
func taken(err error) error {
	c, ok := sqldb.Broken(err)
	if !ok {
		return err
	}
	var problems errs.Problems
	switch c {
	case "orgs_body_name":
		problems.Add("name", "orgs.name_taken")
	case "orgs_body_ipa":
		problems.Add("ipa_code", "orgs.ipa_taken")
	case "orgs_body_tax":
		problems.Add("tax_code", "orgs.tax_taken")
	case "orgs_role_pkey":
		problems.Add("from", "orgs.role_twice")
	default:
		return err
	}
	return problems.Err()
}
