package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"capillare/internal/errs"
)

func TestRefusalIsComparedByKindAndKey(t *testing.T) {
	t.Parallel()
	full := errs.New(errs.Conflict, "agenda.full")
	wrapped := fmt.Errorf("book: %w", full.With(errs.Args{"time": "9:00"}))
	if !errors.Is(wrapped, full) {
		t.Errorf("errors.Is(%v, %v) = false, want true", wrapped, full)
	}
	if errors.Is(wrapped, errs.New(errs.Conflict, "agenda.other")) {
		t.Error("a refusal with another key was taken for the same")
	}
	if got := errs.Of(wrapped); got != errs.Conflict {
		t.Errorf("Of(%v) = %q, want conflict", wrapped, got)
	}
	if got := errs.Of(errors.New("disk")); got != "" {
		t.Errorf("Of(fault) = %q, want none", got)
	}
}

func TestProblemsBecomeOneRefusal(t *testing.T) {
	t.Parallel()
	var p errs.Problems
	if p.Err() != nil {
		t.Error("no problem gave an error")
	}
	p.Add("phone", "contact.phone")
	if err := p.Check("cf", errs.New(errs.Invalid, "codes.taxcode_check")); err != nil {
		t.Errorf("Check(refusal) = %v, want nil", err)
	}
	fault := errors.New("disk")
	if err := p.Check("cf", fault); !errors.Is(err, fault) {
		t.Errorf("Check(fault) = %v, want the fault", err)
	}
	r, ok := errors.AsType[*errs.Refusal](p.Err())
	if !ok || len(r.Problems) != 2 || r.Problems[1].Field != "cf" {
		t.Errorf("Err() = %v, want two problems, the second about cf", p.Err())
	}
}
