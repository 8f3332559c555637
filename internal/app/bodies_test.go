package app

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/testkit"
)

// held counts what belongs to a body in every domain.
type held struct{ Points, Projects, People, Access int }

func (w *world) heldBy(ctx context.Context, t *testing.T, bodyID string) held {
	t.Helper()
	system := identity.System("test")
	_, n, err := w.Points.List(ctx, system, points.Filter{BodyID: bodyID, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	projects, err := w.Funding.Projects(ctx, system, funding.Filter{BodyID: bodyID})
	if err != nil {
		t.Fatal(err)
	}
	_, people, err := w.Facilitators.List(ctx, system, facilitators.Filter{BodyID: bodyID, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	names, err := w.Identity.WithAccess(ctx, system, bodyID)
	if err != nil {
		t.Fatal(err)
	}
	return held{Points: n, Projects: len(projects), People: people, Access: len(names)}
}

func (h held) and(other held) held {
	return held{h.Points + other.Points, h.Projects + other.Projects, h.People + other.People, h.Access + other.Access}
}

// Each domain is subscribed: what a body holds follows it into another, and comes back.
func TestEverythingFollowsAMergedBody(t *testing.T) {
	testkit.WithoutRace(t)
	t.Parallel()
	w, ctx, system := newWorld(t), t.Context(), identity.System("test")
	manager, _, err := w.Identity.Actor(ctx, w.tokens['M'])
	if err != nil {
		t.Fatal(err)
	}
	from := manager.Reach(identity.EditPoints).Bodies[0]
	list, err := w.Orgs.List(ctx, system, orgs.Filter{Kind: orgs.KindMunicipality})
	if err != nil {
		t.Fatal(err)
	}
	into := list[0].ID
	if into == from {
		into = list[1].ID
	}
	before, target := w.heldBy(ctx, t, from), w.heldBy(ctx, t, into)
	if before.Points == 0 || before.Projects == 0 || before.People == 0 || before.Access == 0 {
		t.Fatalf("the body to merge holds %+v, want something of each", before)
	}
	merge, err := w.Orgs.Merge(ctx, system, orgs.Merging{FromID: from, IntoID: into})
	if err != nil {
		t.Fatalf("Merge = %v", err)
	}
	if diff := cmp.Diff(before.and(target), w.heldBy(ctx, t, into)); diff != "" {
		t.Errorf("the body kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(held{}, w.heldBy(ctx, t, from)); diff != "" {
		t.Errorf("the body merged (-want +got):\n%s", diff)
	}
	stayed, err := w.Orgs.UndoMerge(ctx, system, merge)
	if err != nil || len(stayed) > 0 {
		t.Errorf("UndoMerge = %v, %v, want everything back", stayed, err)
	}
	for id, want := range map[string]held{from: before, into: target} {
		if diff := cmp.Diff(want, w.heldBy(ctx, t, id)); diff != "" {
			t.Errorf("after the undo (-want +got):\n%s", diff)
		}
	}
}
