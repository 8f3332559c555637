package demo

import (
	"math/rand/v2"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/codes"
	"capillare/internal/register"
	"capillare/internal/territory"
)

// person is an invented citizen or facilitator.
type person struct {
	name, surname string
	code          codes.TaxCode
	born          calendar.Day
}

// population invents people with tax codes that are all different.
type population struct {
	rng    *rand.Rand
	places []territory.Municipality
	taken  map[codes.TaxCode]bool
	today  calendar.Day
}

func newPopulation(p *plan, places []territory.Municipality) *population {
	return &population{rng: p.rng, places: places, taken: map[codes.TaxCode]bool{}, today: p.Today}
}

// adult invents a person whose age follows the mix seen at points.
func (p *population) adult() (person, error) {
	type ages struct{ from, to int }
	mix := weighted(p.rng, []ages{{18, 29}, {30, 54}, {55, 74}, {75, 92}}, []float64{16.8, 47, 29, 7.2})
	return p.aged(mix.from, mix.to)
}

func (p *population) aged(from, to int) (person, error) {
	for {
		sex, names := "F", womenNames()
		if p.rng.Float64() >= 0.54 {
			sex, names = "M", menNames()
		}
		// At least one full year older than the band's beginning, so that no birthday falls within the programme.
		days := (from+1)*366 + p.rng.IntN(max(1, (to-from-1)*365))
		one := person{name: one(p.rng, names), surname: one(p.rng, surnames()), born: p.today.AddDays(-days)}
		code, err := codes.NewTaxCode(one.surname, one.name, sex, one.born, p.places[p.rng.IntN(len(p.places))].Belfiore)
		if err != nil {
			return person{}, err
		}
		if p.taken[code] {
			continue
		}
		p.taken[code] = true
		one.code = code
		return one, nil
	}
}

// phone invents a mobile number of a series that is not in use for people.
func (p *population) phone() string {
	digits := "0123456789"
	var b strings.Builder
	b.WriteString("333 000 ")
	for range 4 {
		b.WriteByte(digits[p.rng.IntN(10)])
	}
	return b.String()
}

// citizen is what a facilitator types about a person the first time.
func (p *population) citizen(one person, province string) register.Citizen {
	age := calendar.Age(one.born, p.today)
	occupation := weighted(p.rng, []string{"A", "B", "C", "D", "E", "F", "H"}, []float64{38, 4, 6, 20, 6, 18, 8})
	education := weighted(p.rng, []string{"B", "C", "E", "H", "I"}, []float64{26, 42, 10, 8, 14})
	if age >= 67 {
		occupation = weighted(p.rng, []string{"G", "F"}, []float64{82, 18})
		education = weighted(p.rng, []string{"A", "B", "C", "I"}, []float64{34, 34, 26, 6})
	}
	return register.Citizen{
		TaxCode: string(one.code), Name: one.name, Surname: one.surname, Education: education, Occupation: occupation,
		Citizenship: weighted(p.rng, []string{"A", "B", "C"}, []float64{92, 3, 5}), Province: province,
	}
}
