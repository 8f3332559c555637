package demo

import (
	"context"
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/register"
	"capillare/internal/sqldb"
)

// batch is how many services one transaction writes.
const batch = 250

// services registers what the points did from the beginning of the programme to the day before today, in
// order of day. Exactly plan.citizens people are met for the first time; the others come again.
func (b *builder) services(ctx context.Context) error {
	from, _ := programmeDays()
	days := workingDays(from, b.Today.AddDays(-1))
	groups := make([]int, b.plan.services)
	seats := 0
	for i := range groups {
		groups[i] = 1
		if b.rng.Float64() < 0.06 {
			groups[i] = 3 + b.rng.IntN(4)
		}
		seats += groups[i]
	}
	if seats < b.plan.citizens {
		b.plan.citizens = seats
	}
	when := make([]calendar.Day, len(groups))
	for i := range when {
		when[i] = one(b.rng, days)
	}
	slices.SortFunc(when, calendar.Day.Compare)
	refs, err := b.Register.References(ctx, b.who, b.everyPair())
	if err != nil {
		return err
	}
	met := crowd{b: b, newcomers: b.plan.citizens, seats: seats, known: map[string][]string{}}
	for done := 0; done < len(groups); done += batch {
		inputs := make([]register.Input, 0, batch)
		for i := done; i < min(done+batch, len(groups)); i++ {
			in, err := b.service(when[i], groups[i], &met)
			if err != nil {
				return err
			}
			inputs = append(inputs, in)
		}
		err := b.DB.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := b.Register.RegisterTx(ctx, tx, b.who, refs, inputs)
			return err
		})
		if err != nil {
			return err
		}
		b.Progress("services", done+len(inputs), len(groups))
	}
	total, err := b.Register.Total(ctx, b.who, register.CountFilter{ProgrammeID: b.programme.ID})
	b.result.Citizens = b.plan.citizens
	b.result.Services, b.result.Accesses, b.result.UniqueAccesses = total.Services, total.Accesses, total.UniqueAccesses
	return err
}

// everyPair names every point and person once, so that what services refer to is loaded once.
func (b *builder) everyPair() []register.Input {
	var inputs []register.Input
	for _, s := range b.spots {
		for _, helper := range s.helpers {
			inputs = append(inputs, register.Input{PointID: s.ID, FacilitatorID: helper})
		}
	}
	return inputs
}

// crowd decides who comes: somebody new, or somebody who came before, of the same province if there is one.
type crowd struct {
	b         *builder
	newcomers int                 // people still to be met for the first time
	seats     int                 // places still to be filled
	known     map[string][]string // tax codes met, by province
	all       []string
}

func (c *crowd) next(province string, already map[string]bool) (register.Citizen, error) {
	isNew := c.b.rng.Float64()*float64(c.seats) < float64(c.newcomers)
	c.seats--
	if !isNew {
		if code := c.again(province, already); code != "" {
			already[code] = true
			return register.Citizen{TaxCode: code}, nil
		}
	}
	c.newcomers--
	who, err := c.b.people.adult()
	if err != nil {
		return register.Citizen{}, err
	}
	already[string(who.code)] = true
	c.known[province] = append(c.known[province], string(who.code))
	c.all = append(c.all, string(who.code))
	return c.b.people.citizen(who, province), nil
}

// again draws somebody known who is not in this service already; "" when somebody new is the only way.
func (c *crowd) again(province string, already map[string]bool) string {
	for _, from := range [][]string{c.known[province], c.all} {
		for range min(20, len(from)) {
			if code := one(c.b.rng, from); !already[code] {
				return code
			}
		}
	}
	return ""
}

func (b *builder) service(day calendar.Day, people int, met *crowd) (register.Input, error) {
	s, address, band := b.openSomewhere(day)
	in := register.Input{
		PointID: s.ID, AddressID: address, FacilitatorID: one(b.rng, s.helpers), Day: day,
		Start:   band.Opens + calendar.Minute(30*b.rng.IntN(max(1, int(band.Closes-band.Opens)/30))),
		Minutes: one(b.rng, []int{20, 30, 30, 30, 40, 45, 60}), NoticeVersion: "1.0",
		Types: []string{weighted(b.rng, []string{"A", "C", "E"}, []float64{86, 10, 4})},
		Skills: []string{weighted(b.rng, []string{"1", "2", "3", "4", "5", "6", "8", "9", "10", "11", "12", "13"},
			[]float64{14, 3, 5, 6, 4, 30, 2, 22, 1, 4, 5, 4})},
		Domains: []string{topic(b)},
		Outcome: weighted(b.rng, []register.Outcome{register.Solved, register.InPart, register.Postponed, register.SentElsewhere}, []float64{78, 13, 6, 3}),
	}
	if b.rng.IntN(3) == 0 {
		in.Autonomy = sqldb.SomeInt(b.rng.IntN(4))
	}
	if people > 1 {
		in.Types = []string{"B"}
	}
	already := map[string]bool{}
	for range people {
		citizen, err := met.next(s.province, already)
		if err != nil {
			return in, err
		}
		in.Citizens = append(in.Citizens, citizen)
	}
	return in, nil
}

// topic draws a domain (SE6) as networks report them: health first, then pensions, payments, work, IO.
func topic(b *builder) string {
	return weighted(b.rng, []string{"D", "M", "L", "B", "A", "J", "N", "O", "C", "G", "K", "Q", "F", "S"},
		[]float64{26, 19, 17, 10, 8, 5, 4, 3, 2, 1, 1, 1, 1, 2})
}

// openSomewhere draws a point that is open on day, the ones in large places more often.
func (b *builder) openSomewhere(day calendar.Day) (*spot, string, calendar.Band) {
	for {
		s := b.drawSpot()
		for _, i := range b.rng.Perm(len(s.Addresses)) {
			if bands := s.OpenBands(s.Addresses[i].ID, day); len(bands) > 0 {
				return s, s.Addresses[i].ID, one(b.rng, bands)
			}
		}
	}
}

func (b *builder) drawSpot() *spot {
	sum := 0.0
	for _, s := range b.spots {
		sum += s.weight
	}
	x := b.rng.Float64() * sum
	for i := range b.spots {
		if x -= b.spots[i].weight; x < 0 {
			return &b.spots[i]
		}
	}
	return &b.spots[len(b.spots)-1]
}
