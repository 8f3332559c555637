package kinds

import (
	"slices"
	"strings"
	"unicode/utf8"

	"capillare/internal/errs"
)

// What a kind may be.
const (
	shortest, longest = 10, 240
	longestPause      = 120
	mostSeats         = 200
	longestNotice     = 30 * 24 * 60
	farthest          = 365
	longestName       = 80
	longestBring      = 1000
	step              = 5
)

// Check returns k as [Service.Add] would keep it, or refuses with fields.
func Check(k Kind) (Kind, error) { return checked(k) }

// checked returns k tidied, or one refusal with every problem.
func checked(k Kind) (Kind, error) {
	var p errs.Problems
	k = tidied(k)
	if k.Name == "" {
		p.Add("name", "form.required")
	}
	tooLong(&p, "name", k.Name, longestName)
	tooLong(&p, "name_en", k.NameEN, longestName)
	tooLong(&p, "bring", k.Bring, longestBring)
	tooLong(&p, "bring_en", k.BringEN, longestBring)
	if !slices.Contains(Modes(), k.Mode) {
		p.Add("mode", "kinds.mode")
	}
	if !slices.Contains(Audiences(), k.Audience) {
		p.Add("audience", "kinds.audience")
	}
	if k.BodyID != "" && k.PointID != "" {
		p.Add("place", "kinds.place")
	}
	checkTimes(&p, k)
	checkSeats(&p, k)
	checkCodes(&p, k)
	switch {
	case k.From.IsZero():
		p.Add("from", "form.required")
	case !k.To.IsZero() && k.To.Before(k.From):
		p.Add("to", "kinds.ends_before")
	}
	return k, p.Err()
}

func tidied(k Kind) Kind {
	k.Name, k.NameEN = tidy(k.Name), tidy(k.NameEN)
	k.Bring, k.BringEN = strings.TrimSpace(k.Bring), strings.TrimSpace(k.BringEN)
	if k.Mode == "" {
		k.Mode = Desk
	}
	if k.Audience == "" {
		k.Audience = Everyone
	}
	if k.Mode.Shape() == individual && k.Seats == 0 {
		k.Seats = 1
	}
	k.Topics, k.Skills, k.Languages = sorted(k.Topics), sorted(k.Skills), sorted(k.Languages)
	return k
}

func checkTimes(p *errs.Problems, k Kind) {
	if k.Minutes < shortest || k.Minutes > longest || k.Minutes%step != 0 {
		p.Add("minutes", "kinds.minutes", errs.Args{"least": shortest, "most": longest})
	}
	for field, pause := range map[string]int{"before": k.Before, "after": k.After} {
		if pause < 0 || pause > longestPause || pause%step != 0 {
			p.Add(field, "kinds.pause", errs.Args{"most": longestPause})
		}
	}
	if k.NoticeMinutes < 0 || k.NoticeMinutes > longestNotice {
		p.Add("notice", "kinds.notice")
	}
	if k.HorizonDays < 0 || k.HorizonDays > farthest {
		p.Add("horizon", "kinds.horizon", errs.Args{"most": farthest})
	}
}

func checkSeats(p *errs.Problems, k Kind) {
	if !slices.Contains(Modes(), k.Mode) {
		return
	}
	alone := k.Mode.Shape() == individual
	switch {
	case alone && k.Seats != 1:
		p.Add("seats", "kinds.one_seat")
	case k.Seats < 1 || k.Seats > mostSeats:
		p.Add("seats", "kinds.seats", errs.Args{"most": mostSeats})
	}
	switch {
	case k.Kept < 0 || k.Kept > mostSeats:
		p.Add("kept", "kinds.kept_number")
	case alone && k.Kept == 1:
		p.Add("kept", "kinds.kept_one")
	case !alone && k.Seats > 0 && k.Kept > k.Seats:
		p.Add("kept", "kinds.kept_seats")
	}
}

// checkCodes looks only at how codes are made: which there are, the lists of other packages know.
func checkCodes(p *errs.Problems, k Kind) {
	const longestCode = 20
	for field, values := range map[string][]string{"topics": k.Topics, "skills": k.Skills, "languages": k.Languages} {
		for _, v := range values {
			if v == "" || len(v) > longestCode || strings.ContainsAny(v, " \t\r\n,;") {
				p.Add(field, "kinds.code")
				break
			}
		}
	}
}

func tooLong(p *errs.Problems, field, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		p.Add(field, "form.too_long", errs.Args{"n": most})
	}
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

func sorted(values []string) []string { return slices.Compact(slices.Sorted(slices.Values(values))) }
