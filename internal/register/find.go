package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"capillare/internal/audit"
	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/register/codelist"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// FindCitizen tells what is kept of the person with the whole tax code, so that the form need not ask
// again. Each search is audited, without the code; there is no search by name or by part of a code.
func (s *Service) FindCitizen(ctx context.Context, who identity.Actor, taxCode string) (Known, error) {
	if !who.Can(identity.Record) {
		return Known{}, identity.ErrForbidden
	}
	code, err := parseTaxCode(taxCode)
	if err != nil {
		var p errs.Problems
		if fault := p.Check("tax_code", err); fault != nil {
			return Known{}, fault
		}
		return Known{}, p.Err()
	}
	var out Known
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		out = Known{}
		k, lastSeen, err := s.lookUp(ctx, tx, code)
		if err != nil {
			return err
		}
		age := ageOn(code, calendar.DayOf(tx.Now), k != nil)
		out = Known{Masked: code.Masked(), Gender: codelist.GenderOf(code.Sex()), AgeBand: codelist.BandOf(age)}
		subject := ""
		if k != nil {
			subject = k.id
			out.Seen, out.LastSeen, out.HasName = true, lastSeen, k.hasName
			out.Education, out.Occupation, out.Citizenship, out.Province = k.education, k.occupation, k.citizenship, k.province
		}
		return audit.Write(ctx, tx, who, audit.Entry{
			Action: "register.find_citizen", Subject: "citizen", SubjectID: subject, Detail: map[string]any{"seen": k != nil},
		})
	})
	return out, err
}

func (s *Service) lookUp(ctx context.Context, tx *sqldb.Tx, code codes.TaxCode) (*known, calendar.Day, error) {
	key := s.Keys.TaxCodeKey(code)
	found, err := s.loadCitizens(ctx, tx, map[string]bool{key: true})
	if err != nil || found[key] == nil {
		return nil, calendar.Day{}, err
	}
	day, err := db.New(tx).LastSeen(ctx, found[key].id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, calendar.Day{}, fmt.Errorf("register: last service of a citizen: %w", err)
	}
	return found[key], day, nil
}
