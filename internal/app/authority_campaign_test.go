package app

import (
	"context"
	"fmt"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/campaigns"
	"capillare/internal/facilitators"
	"capillare/internal/identity"
	"capillare/internal/kinds"
)

// addCampaign gives ids a campaign of their body with a turn that was made, of somebody new at their point.
func (w *world) addCampaign(ctx context.Context, t *testing.T, ids map[string]string) {
	t.Helper()
	system := identity.System("test")
	first, n := tuesday.AddDays(7), len(w.own)+len(w.other)
	kind, err := w.Kinds.Add(ctx, system, kinds.Kind{Name: fmt.Sprintf("Aiuti %d", n), Mode: kinds.Desk, Minutes: 60, Seats: 1, Audience: kinds.Everyone, From: tuesday})
	if err != nil {
		t.Fatal(err)
	}
	person, err := w.Facilitators.Add(ctx, system, facilitators.Facilitator{BodyID: ids["employer"], Name: "Piera", Surname: "Campagna", From: tuesday}, "")
	if err != nil {
		t.Fatal(err)
	}
	id, err := w.Campaigns.Add(ctx, system, campaigns.Campaign{Name: "Aiuti", BodyID: ids["body"], KindID: kind, Wanted: 10, From: first, To: first.AddDays(13)})
	if err != nil {
		t.Fatal(err)
	}
	turn := campaigns.Turn{FacilitatorID: person, PointID: ids["point"], AddressID: ids["address"], Weekdays: calendar.WeekdaysOf(calendar.Friday), Starts: 9 * 60, Ends: 12 * 60}
	if ids["turn"], err = w.Campaigns.AddTurn(ctx, system, id, turn); err != nil {
		t.Fatal(err)
	}
	c, err := w.Campaigns.ByID(ctx, system, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Campaigns.Make(ctx, system, id, c.Version); err != nil {
		t.Fatal(err)
	}
	ids["campaign"] = id
}
