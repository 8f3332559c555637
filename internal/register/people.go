package register

import (
	"context"
	"fmt"

	"capillare/internal/codes"
	"capillare/internal/errs"
	"capillare/internal/register/codelist"
	"capillare/internal/register/internal/db"
	"capillare/internal/sqldb"
)

// Purposes of what is sealed; the citizen's id goes with each, so that no text fits another person.
const (
	sealTaxCode  = "register.tax_code"
	sealDocument = "register.document"
	sealName     = "register.name"
	sealSurname  = "register.surname"
)

// How a citizen is identified.
const (
	byTaxCode  = "tax_code"
	byDocument = "document"
	byNothing  = "none"
)

// traits are what the counts and the national file ask of a person.
type traits struct {
	gender, ageBand                              string
	education, occupation, citizenship, province string
}

// known is a citizen of the register.
type known struct {
	id, key string
	code    codes.TaxCode // only for people of a record being corrected
	hasName bool
	fresh   bool // made in this transaction
	traits
}

func (k known) differs(t traits) bool {
	return k.education != t.education || k.occupation != t.occupation ||
		k.citizenship != t.citizenship || k.province != t.province
}

// complete fills a person from the register and notes what is missing or not admitted. Who has no tax
// code may leave everything empty.
func (d *draft) complete(p *person, citizens map[string]*known) {
	if p.known == nil && p.key != "" {
		p.known = citizens[p.key]
	}
	c := p.typed
	p.now = traits{gender: c.Gender, education: c.Education, occupation: c.Occupation, citizenship: c.Citizenship, province: c.Province}
	if p.known != nil {
		p.now.education = either(c.Education, p.known.education)
		p.now.occupation = either(c.Occupation, p.known.occupation)
		p.now.citizenship = either(c.Citizenship, p.known.citizenship)
		p.now.province = either(c.Province, p.known.province)
		p.now.gender = either(c.Gender, p.known.gender)
	}
	if p.code == "" {
		return
	}
	p.now.gender = codelist.GenderOf(p.code.Sex())
	d.checkAge(p)
	for _, one := range []struct{ field, value string }{
		{"education", p.now.education}, {"occupation", p.now.occupation},
		{"citizenship", p.now.citizenship}, {"province", p.now.province},
	} {
		if one.value == "" {
			d.add(p.field+one.field, keyRequired)
		}
	}
	hasName := p.known != nil && p.known.hasName
	if c.Name == "" && (!hasName || c.Surname != "") {
		d.add(p.field+"name", keyRequired)
	}
	if c.Surname == "" && (!hasName || c.Name != "") {
		d.add(p.field+"surname", keyRequired)
	}
}

func (d *draft) checkAge(p *person) {
	if d.in.Day.IsZero() {
		return
	}
	// Nobody under 14 ever enters the register, so who is in it already cannot be that child.
	age := ageOn(p.code, d.in.Day, p.typed.Over99 || p.known != nil)
	from := d.programme.MinorsFrom
	switch {
	case age < codelist.MinAge:
		d.add(p.field+"tax_code", keyTooYoung)
	case age < codelist.AdultAge && d.programme.ID != "" && (from.IsZero() || d.in.Day.Before(from)):
		d.add(p.field+"tax_code", keyMinor, errs.Args{"age": age})
	}
	p.now.ageBand = codelist.BandOf(age)
}

func either(given, kept string) string {
	if given != "" {
		return given
	}
	return kept
}

// loadCitizens returns the citizens of the given digests that are in the register.
func (s *Service) loadCitizens(ctx context.Context, tx *sqldb.Tx, keys map[string]bool) (map[string]*known, error) {
	out := map[string]*known{}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := citizenRows(ctx, db.New(tx), ids(keys))
	if err != nil {
		return nil, fmt.Errorf("register: citizens: %w", err)
	}
	for _, r := range rows {
		out[string(r.TaxCodeKey)] = &known{id: r.ID, key: string(r.TaxCodeKey), hasName: r.HasName, traits: traits{
			gender: r.Gender, education: r.Education, occupation: r.Occupation, citizenship: r.Citizenship, province: r.Province,
		}}
	}
	return out, nil
}

func citizenRows(ctx context.Context, q *db.Queries, keys []string) ([]db.CitizensByKeysRow, error) {
	if len(keys) > few {
		return q.CitizensByKeys(ctx, sqldb.List(keys))
	}
	var out []db.CitizensByKeysRow
	for _, key := range keys {
		rows, err := q.CitizenByKey(ctx, sqldb.OptText(key))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, db.CitizensByKeysRow(r))
		}
	}
	return out, nil
}

// peopleOf returns the citizens of a record by id, with their codes, to record them again.
func (s *Service) peopleOf(ctx context.Context, tx *sqldb.Tx, recordID string) (map[string]known, error) {
	rows, err := db.New(tx).CitizensOfRecord(ctx, recordID)
	if err != nil {
		return nil, fmt.Errorf("register: people of a record: %w", err)
	}
	out := map[string]known{}
	for _, r := range rows {
		k := known{id: r.ID, key: string(r.TaxCodeKey), hasName: r.HasName, traits: traits{
			gender: r.Gender, education: r.Education, occupation: r.Occupation, citizenship: r.Citizenship, province: r.Province,
		}}
		if k.code, err = s.openCode(r.ID, r.TaxCodeCipher); err != nil {
			return nil, err
		}
		out[r.ID] = k
	}
	return out, nil
}

func (s *Service) openCode(citizenID string, cipher []byte) (codes.TaxCode, error) {
	code, err := s.open(sealTaxCode, citizenID, cipher)
	return codes.TaxCode(code), err
}

// open returns a sealed text of a citizen, "" for none.
func (s *Service) open(purpose, citizenID string, cipher []byte) (string, error) {
	if len(cipher) == 0 {
		return "", nil
	}
	plain, err := s.Keys.Open(purpose, cipher, citizenID)
	if err != nil {
		return "", fmt.Errorf("register: open %s of a citizen: %w", purpose, err)
	}
	return string(plain), nil
}

func (s *Service) seal(purpose, citizenID, plain string) []byte {
	if plain == "" {
		return nil
	}
	return s.Keys.Seal(purpose, []byte(plain), citizenID)
}

// keepCitizen writes what is new about a person and returns the id.
func (s *Service) keepCitizen(ctx context.Context, tx *sqldb.Tx, d *draft, p *person) (string, error) {
	if p.known == nil || p.known.fresh {
		return s.addCitizen(ctx, tx, d, p)
	}
	q, id := db.New(tx), p.known.id
	if p.known.differs(p.now) {
		err := q.UpdateCitizen(ctx, db.UpdateCitizenParams{ID: id, Education: p.now.education, Occupation: p.now.occupation,
			Citizenship: p.now.citizenship, Province: p.now.province, Now: sqldb.At(tx.Now)})
		if err != nil {
			return "", fmt.Errorf("register: update a citizen: %w", err)
		}
	}
	if p.typed.Name == "" || p.typed.Surname == "" {
		return id, nil
	}
	err := q.UpdateCitizenName(ctx, db.UpdateCitizenNameParams{ID: id, Now: sqldb.At(tx.Now),
		NameCipher: s.seal(sealName, id, p.typed.Name), SurnameCipher: s.seal(sealSurname, id, p.typed.Surname)})
	if err != nil {
		return "", fmt.Errorf("register: update the name of a citizen: %w", err)
	}
	return id, nil
}

func (s *Service) addCitizen(ctx context.Context, tx *sqldb.Tx, d *draft, p *person) (string, error) {
	id, how := sqldb.NewID(tx.Now), byNothing
	switch {
	case p.code != "":
		id, how = p.known.id, byTaxCode
	case p.document != "":
		how = byDocument
	}
	n, err := db.New(tx).InsertCitizen(ctx, db.InsertCitizenParams{
		ID: id, IdentifiedBy: how, TaxCodeKey: sqldb.OptText(p.key), TaxCodeCipher: s.seal(sealTaxCode, id, string(p.code)),
		DocumentKind: p.typed.DocumentKind, DocumentCipher: s.seal(sealDocument, id, p.document),
		NameCipher: s.seal(sealName, id, p.typed.Name), SurnameCipher: s.seal(sealSurname, id, p.typed.Surname),
		Gender: p.now.gender, Education: p.now.education, Occupation: p.now.occupation, Citizenship: p.now.citizenship,
		Province: p.now.province, NoticeVersion: d.in.NoticeVersion, NoticeGiven: string(p.typed.NoticeGiven), Now: sqldb.At(tx.Now),
	})
	if err == nil && n == 0 {
		err = fmt.Errorf("the person appeared in the middle of the transaction")
	}
	if err != nil {
		return "", fmt.Errorf("register: add a citizen: %w", err)
	}
	return id, nil
}
