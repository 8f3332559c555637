package identity

import (
	"crypto/sha256"
	"encoding/hex"

	"capillare/internal/errs"
	"capillare/internal/jobs"
	"capillare/internal/sqldb"
)

// Refusals of this package beside ErrForbidden and ErrNotHere.
var (
	// ErrSignIn answers a wrong password, an unknown address and a disabled account alike.
	ErrSignIn = errs.New(errs.Invalid, "identity.sign_in")
	// ErrThrottled answers after too many failures; its argument "seconds" is how long to wait.
	ErrThrottled = errs.New(errs.Unavailable, "identity.throttled")
	// ErrSession says that nobody is signed in with this token, or no longer.
	ErrSession = errs.New(errs.Forbidden, "identity.session")
	// ErrLastAdministrator keeps the network from losing its last lasting administrator.
	ErrLastAdministrator = errs.New(errs.Conflict, "identity.last_administrator")
	// ErrLastReferent keeps a body that runs open points from losing its last referent.
	ErrLastReferent = errs.New(errs.Conflict, "identity.last_referent")
	// ErrHeirDisabled refuses to hand a role over to somebody who cannot sign in.
	ErrHeirDisabled = errs.New(errs.Conflict, "identity.heir_disabled")
	// ErrRoleOver says that the role has ended: a new one is to be given.
	ErrRoleOver = errs.New(errs.Conflict, "identity.role_over")
	// ErrLink answers a link that does not open: unknown, used, withdrawn or too old.
	ErrLink = errs.New(errs.NotFound, "identity.link")
	// ErrNotInvited says that the person has a password already.
	ErrNotInvited = errs.New(errs.Conflict, "identity.not_invited")
	// ErrNotEmpty says that the first administrator is there already.
	ErrNotEmpty = errs.New(errs.Conflict, "identity.not_empty")
	// ErrNoAccount says that there is no such account.
	ErrNoAccount = errs.New(errs.NotFound, "identity.no_account")
	// ErrNoRole says that there is no such role of an account.
	ErrNoRole = errs.New(errs.NotFound, "identity.no_role")

	errEmailTaken = errs.New(errs.Conflict, "identity.email_taken")
	errRoleTwice  = errs.New(errs.Conflict, "identity.role_twice")
)

// Options of a Service; the zero value is right for the program.
type Options struct {
	// Cost of a password hash; zero is DefaultCost. Tests make it cheap.
	Cost Cost
	// Conceal makes the key under which failures of a client address are counted; nil is SHA-256.
	Conceal func(address string) string
	// Bus hears [ReferentGone]; nil is heard by nobody.
	Bus *jobs.Bus
}

// Service keeps accounts, roles and sessions. It is safe for concurrent use.
type Service struct {
	db      *sqldb.DB
	hasher  *hasher
	conceal func(address string) string
	bus     *jobs.Bus
}

// New returns a Service over the database base.
func New(base *sqldb.DB, opts ...Options) *Service {
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost()
	}
	if o.Conceal == nil {
		o.Conceal = digest
	}
	return &Service{db: base, hasher: newHasher(o.Cost), conceal: o.Conceal, bus: o.Bus}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
