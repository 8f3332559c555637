package territory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/errs"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// ErrNoBody says that the imported index holds no body with the code.
var ErrNoBody = errs.New(errs.NotFound, "territory.no_body")

// IndexBody is a public body as the national index (IndicePA) has it: what the form of a new body is
// filled with. It holds no name of a person.
type IndexBody struct {
	IPA, Name string
	// Kind is municipality, province, union, region or other.
	Kind, Category string
	TaxCode        string
	// Belfiore is of the municipality of the seat, empty when not known.
	Belfiore             string
	PEC, Mail, Site, CAP string
	Address              string
}

// FindBodies returns at most max bodies of the imported index whose name contains every word of q, or
// whose IPA or tax code is q, by name.
func (s *Service) FindBodies(ctx context.Context, q string, max int) ([]IndexBody, error) {
	words := strings.Fields(Fold(q))
	if len(words) == 0 || max <= 0 {
		return nil, nil
	}
	var found []IndexBody
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		found = nil
		rows, err := db.New(tx).FindBodies(ctx, db.FindBodiesParams{
			Pattern: "%" + strings.Join(words, "%") + "%", Exact: strings.ToLower(strings.TrimSpace(q)), Max: int32(max),
		})
		for _, row := range rows {
			found = append(found, indexBody(row))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: find bodies: %w", err)
	}
	return found, nil
}

// IndexBodyByIPA returns a body of the imported index. It refuses with ErrNoBody.
func (s *Service) IndexBodyByIPA(ctx context.Context, ipa string) (IndexBody, error) {
	var row db.BodyByIPARow
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		row, err = db.New(tx).BodyByIPA(ctx, strings.ToLower(strings.TrimSpace(ipa)))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return IndexBody{}, ErrNoBody
	}
	if err != nil {
		return IndexBody{}, fmt.Errorf("territory: read a body: %w", err)
	}
	return indexBody(db.FindBodiesRow(row)), nil
}

func indexBody(row db.FindBodiesRow) IndexBody {
	return IndexBody{IPA: row.IpaCode, Name: row.Name, Kind: row.Kind, Category: row.Category, TaxCode: row.TaxCode,
		Belfiore: string(row.Belfiore), PEC: row.Pec, Mail: row.Mail, Site: row.Site, CAP: row.Cap, Address: row.Address}
}
