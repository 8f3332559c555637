package cli

import (
	"crypto/rand"
	"errors"
	"fmt"

	"capillare/internal/app"
	"capillare/internal/config"
	"capillare/internal/identity"
)

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add an account with a role. The first administrator can be added here or on the page /avvio."`
	Password userPasswordCmd `cmd:"" help:"Give an account a new password, to be changed at the next sign-in."`
}

type userAddCmd struct {
	Store    config.Store  `embed:""`
	Email    string        `arg:"" help:"E-mail, which is also the name to sign in with."`
	Name     string        `name:"name" required:"" help:"Name and surname."`
	Role     string        `name:"role" default:"administrator" enum:"region,managing_body,delivering_partner,facilitator,operator,auditor,administrator" help:"Role to hold."`
	Scope    string        `name:"scope" default:"network" enum:"network,programme,body,project,point" help:"How far the role reaches."`
	ScopeID  string        `name:"scope-id" help:"Id of the programme, body, project or point, when the scope is not the whole network."`
	Password config.Secret `name:"password" env:"CAPILLARE_USER_PASSWORD" help:"Password, at least 12 characters. Empty: one is made and printed."`
}

// Run adds the account and the role.
func (u userAddCmd) Run(c *console) (err error) {
	a, err := app.Open(c.ctx, app.Options{Store: u.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who := identity.System("cli")
	password, made := u.Password.Reveal(), false
	if password == "" {
		if password, err = identity.NewPassword(rand.Reader); err != nil {
			return err
		}
		made = true
	}
	id, err := a.Identity.CreateAccount(c.ctx, who, identity.NewAccount{Email: u.Email, Name: u.Name, Password: password})
	if err != nil {
		return inWords(err)
	}
	_, err = a.Identity.Grant(c.ctx, who, identity.Holding{AccountID: id, Role: identity.Role(u.Role), Scope: identity.Scope(u.Scope), ScopeID: u.ScopeID})
	if err != nil {
		return inWords(err)
	}
	c.printf("Account %s added with the role %s.\n", u.Email, u.Role)
	if made {
		c.printf("Password: %s\n", password)
	}
	return nil
}

type userPasswordCmd struct {
	Store config.Store `embed:""`
	Email string       `arg:"" help:"E-mail of the account."`
}

// Run prints the new password once.
func (u userPasswordCmd) Run(c *console) (err error) {
	a, err := app.Open(c.ctx, app.Options{Store: u.Store, Log: c.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	who := identity.System("cli")
	found, _, err := a.Identity.List(c.ctx, who, identity.Filter{Search: u.Email, Max: 10})
	if err != nil {
		return inWords(err)
	}
	for _, account := range found {
		if account.Email != u.Email {
			continue
		}
		password, err := a.Identity.ResetPassword(c.ctx, who, account.ID)
		if err != nil {
			return inWords(err)
		}
		c.printf("New password of %s, to be changed at the next sign-in: %s\n", u.Email, password)
		return nil
	}
	return fmt.Errorf("no account has the e-mail %s", u.Email)
}
