package register_test

import (
	"testing"

	"capillare/internal/register"
	"capillare/internal/register/registertest"
	"capillare/internal/sqldb/sqldbtest"
)

// The numbers of a body are those of the projects that it has today: services and people follow a project
// that passes to another body, as it does when two records of one body become one.
func TestNumbersFollowTheBodyOfTheProject(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, n *registertest.Network, _ *sqldbtest.Clock) {
		ctx, who := t.Context(), registertest.System()
		if _, err := n.Register.Register(ctx, who, n.Service(0, registertest.Today(), nine, registertest.Citizen(1))); err != nil {
			t.Fatal(err)
		}
		projects, err := n.Funding.ProjectsByIDs(ctx, n.ProjectIDs[:1])
		if err != nil {
			t.Fatal(err)
		}
		passed := projects[n.ProjectIDs[0]]
		passed.BodyID = n.BodyIDs[1]
		if err := n.Funding.EditProject(ctx, who, passed); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{0, 1} {
			f := register.CountFilter{BodyID: n.BodyIDs[i]}
			total, err := n.Register.Total(ctx, who, f)
			if err != nil || total.Services != want {
				t.Errorf("Total(body %d) = %v, %v, want %d services", i, total, err, want)
			}
			if people, err := n.Register.DistinctPeople(ctx, who, f); err != nil || people != want {
				t.Errorf("DistinctPeople(body %d) = %d, %v, want %d", i, people, err, want)
			}
		}
	})
}
