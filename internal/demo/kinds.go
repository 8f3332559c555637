package demo

import (
	"context"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/kinds"
	"capillare/internal/points"
)

// offered are the kinds of appointment of the network, by what they are for.
type offered struct{ identity, help, course, phone, video, home, village string }

// kinds adds what a network of this sort offers.
func (b *builder) kinds(ctx context.Context) error {
	from, _ := programmeDays()
	const hour, day = 60, 24 * 60
	for _, k := range []struct {
		id   *string
		kind kinds.Kind
	}{
		{&b.offers.identity, kinds.Kind{Name: "SPID e carta d'identità elettronica", NameEN: "Digital identity (SPID, CIE)", Minutes: 30, Kept: 4,
			Bring:   "Carta d'identità valida\nTessera sanitaria\nIl tuo telefono",
			BringEN: "A valid identity card\nHealth card\nYour phone"}},
		{&b.offers.help, kinds.Kind{Name: "Aiuto su misura", NameEN: "Help on your own needs", Minutes: 60, NoticeMinutes: 2 * hour,
			Bring: "Il telefono, il tablet o il computer che usi", BringEN: "The phone, tablet or computer that you use"}},
		{&b.offers.course, kinds.Kind{Name: "Corso: i primi passi", NameEN: "Course: first steps", Mode: kinds.Course, Minutes: 120, Seats: 10, Kept: 2, NoticeMinutes: day,
			Bring: "Niente: il materiale è già qui", BringEN: "Nothing: everything is here"}},
		{&b.offers.phone, kinds.Kind{Name: "Aiuto al telefono", NameEN: "Help on the phone", Mode: kinds.Phone, Minutes: 20, After: 10, NoticeMinutes: hour}},
		{&b.offers.video, kinds.Kind{Name: "Aiuto in video", NameEN: "Help by video", Mode: kinds.Video, Minutes: 30, After: 10, NoticeMinutes: 2 * hour, HorizonDays: 30,
			Bring: "Un telefono o un computer con la telecamera", BringEN: "A phone or a computer with a camera"}},
		{&b.offers.home, kinds.Kind{Name: "Visita a casa", NameEN: "Visit at home", Mode: kinds.Home, Minutes: 90, Before: 30, After: 30, Audience: kinds.Staff}},
		{&b.offers.village, kinds.Kind{Name: "Sosta in paese", NameEN: "Stop in the village", Mode: kinds.Village, Minutes: 30, Kept: 4,
			Bring: "Carta d'identità valida\nTessera sanitaria", BringEN: "A valid identity card\nHealth card"}},
	} {
		k.kind.From = from
		var err error
		if *k.id, err = b.Kinds.Add(ctx, b.who, k.kind); err != nil {
			return err
		}
	}
	return nil
}

// homeVisits is how many fixed points there are for one that visits people at home.
const homeVisits = 5

// kindsOf returns what a shift offers: one-to-one help first, calls from the second person in the afternoon, a
// course once a week, visits at home on the last afternoon of some points.
func (b *builder) kindsOf(s spot, band calendar.Band, second, course bool) []string {
	afternoon := band.Opens >= 14*60
	switch {
	case s.Kind == points.Itinerant:
		return []string{b.offers.village}
	case course:
		return []string{b.offers.course}
	case second && afternoon:
		return []string{b.offers.phone, b.offers.video}
	case second:
		return []string{b.offers.identity}
	case afternoon && band.Weekday == calendar.Thursday && s.project%homeVisits == 0:
		return []string{b.offers.help, b.offers.home}
	}
	return []string{b.offers.identity, b.offers.help}
}

// shift is the shift of a person in a band of opening. The first long enough afternoon of the second person is a
// course; given says that it was held already.
func (b *builder) shift(s spot, band calendar.Band, second, given bool) (d facilitators.Duty, course bool) {
	const courseMinutes = 120
	course = second && !given && band.Opens >= 14*60 && band.Closes-band.Opens >= courseMinutes
	from, _ := programmeDays()
	return facilitators.Duty{
		PointID: s.ID, Weekday: band.Weekday, Starts: band.Opens, Ends: band.Closes, From: from, KindIDs: b.kindsOf(s, band, second, course),
	}, course
}
