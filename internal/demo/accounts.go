package demo

import (
	"context"
	"slices"

	"capillare/internal/identity"
	"capillare/internal/points"
)

// Password opens every account of a demo network, and of no other.
const Password = "rete-dimostrativa-2026"

// Account is a person of the demo, one for each role.
type Account struct {
	Email, Name, Does string
}

// accounts makes one account for each role, all around the itinerant point of the tour.
func (b *builder) accounts(ctx context.Context) error {
	i := slices.IndexFunc(b.spots, func(s spot) bool { return s.Kind == points.Itinerant && s.place.Name == b.centre })
	if i < 0 {
		i = slices.IndexFunc(b.spots, func(s spot) bool { return s.Kind == points.Itinerant })
	}
	here := b.spots[i]
	b.result.FacilitatorPoint, b.result.FacilitatorPointPlace = here.PublicName, here.place.Name
	partner := here.DeliveringBodyID
	for _, s := range b.spots {
		if partner == "" {
			partner = s.DeliveringBodyID
		}
	}
	helpers, err := b.Facilitators.ByIDs(ctx, here.helpers[:1])
	if err != nil {
		return err
	}
	helper := helpers[here.helpers[0]]
	for _, a := range []struct {
		Account
		role  identity.Role
		scope identity.Scope
		id    string
	}{
		{Account{"regione@demo.example", "Elena Conti", "region"}, identity.Region, identity.ScopeNetwork, ""},
		{Account{"ente@demo.example", "Marco Ferri", "managing_body"}, identity.ManagingBody, identity.ScopeBody, here.ManagingBodyID},
		{Account{"partner@demo.example", "Sara Monti", "delivering_partner"}, identity.DeliveringPartner, identity.ScopeBody, partner},
		{Account{"facilitatore@demo.example", helper.FullName(), "facilitator"}, identity.Facilitator, identity.ScopePoint, here.ID},
		{Account{"operatore@demo.example", "Luca Sala", "operator"}, identity.Operator, identity.ScopeNetwork, ""},
		{Account{"revisore@demo.example", "Anna Riva", "auditor"}, identity.Auditor, identity.ScopeNetwork, ""},
		{Account{"amministratore@demo.example", "Paolo Villa", "administrator"}, identity.Administrator, identity.ScopeNetwork, ""},
	} {
		account, err := b.Identity.CreateAccount(ctx, b.who, identity.NewAccount{Email: a.Email, Name: a.Name, Password: Password})
		if err != nil {
			return err
		}
		from, _ := programmeDays()
		_, err = b.Identity.Grant(ctx, b.who, identity.Holding{AccountID: account, Role: a.role, Scope: a.scope, ScopeID: a.id, From: from})
		if err != nil {
			return err
		}
		if a.role == identity.Facilitator {
			if err := b.Facilitators.LinkAccount(ctx, b.who, helper.ID, account); err != nil {
				return err
			}
		}
		b.result.Accounts = append(b.result.Accounts, a.Account)
	}
	return nil
}
