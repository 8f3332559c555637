package agenda

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"capillare/internal/agenda/internal/db"
	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

const (
	mostStars = 5
	// contentFrom is from how many stars on somebody is asked what went well, and not what was hard.
	contentFrom = 4
	// wordsShown bounds how many texts are shown.
	wordsShown = 200
	// longestOpinion is how much one can write of booking.
	longestOpinion = 200
)

// Rating is what somebody thinks of booking on line (it: valutazione). It is kept without anything that
// leads to who gave it: not the booking, not the day.
type Rating struct {
	// Stars go from 1 to 5.
	Stars int
	// Reason is one of [Reasons] for that many stars; "" when none was chosen.
	Reason string
	// Words are up to 200 characters.
	Words string
}

// Reasons are what somebody who gives so many stars can choose from: what was good, from four on, or what
// was hard.
func Reasons(stars int) []string {
	if stars >= contentFrom {
		return []string{"clear", "complete", "progress", "smooth", "other_good"}
	}
	return []string{"unclear", "incomplete", "lost", "trouble", "other_bad"}
}

// Rate keeps an opinion. It refuses with fields.
func (s *Service) Rate(ctx context.Context, r Rating) error {
	var p errs.Problems
	if r.Stars < 1 || r.Stars > mostStars {
		p.Add("stars", "agenda.stars")
	} else if r.Reason != "" && !slices.Contains(Reasons(r.Stars), r.Reason) {
		p.Add("reason", "agenda.rating_reason")
	}
	r.Words = strings.TrimSpace(r.Words)
	tooLong(&p, "words", r.Words, longestOpinion)
	if err := p.Err(); err != nil {
		return err
	}
	return s.base.Update(ctx, func(tx *sqldb.Tx) error {
		// Ids made of the time would tell who wrote it.
		err := db.New(tx).InsertRating(ctx, db.InsertRatingParams{
			ID: rand.Text(), Month: monthOf(today(tx)), Stars: r.Stars, Reason: r.Reason, Words: r.Words,
		})
		if err != nil {
			return fmt.Errorf("keep a rating: %w", err)
		}
		return nil
	})
}

// RatingCount is how many gave so many stars for a reason in a month.
type RatingCount struct {
	Month  calendar.Day
	Stars  int
	Reason string
	N      int
}

// Opinion is what somebody wrote.
type Opinion struct {
	Month calendar.Day
	Rating
}

// Ratings returns the opinions of the months from a day on, counted, and what was written, worst first in
// each month. Who sets up the network may read them.
func (s *Service) Ratings(ctx context.Context, who identity.Actor, from calendar.Day) (counts []RatingCount, written []Opinion, err error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		counts, written = nil, nil
		q := db.New(tx)
		rows, err := q.CountRatings(ctx, monthOf(from))
		if err != nil {
			return fmt.Errorf("ratings: %w", err)
		}
		for _, r := range rows {
			counts = append(counts, RatingCount{Month: r.Month, Stars: r.Stars, Reason: r.Reason, N: int(r.N)})
		}
		words, err := q.RatingWords(ctx, db.RatingWordsParams{FromMonth: monthOf(from), Max: wordsShown})
		if err != nil {
			return fmt.Errorf("ratings: %w", err)
		}
		for _, r := range words {
			written = append(written, Opinion{Month: r.Month, Rating: Rating{Stars: r.Stars, Reason: r.Reason, Words: r.Words}})
		}
		return nil
	})
	return counts, written, err
}
