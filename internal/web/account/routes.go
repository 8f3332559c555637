package account

import (
	"crypto/rand"
	"net/http"

	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/identity"
	"capillare/internal/messages"
	"capillare/internal/network"
	"capillare/internal/orgs"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// Deps is what the pages need from outside.
type Deps struct {
	Identity     *identity.Service
	Network      *network.Service
	Orgs         *orgs.Service
	Funding      *funding.Service
	Points       *points.Service
	Facilitators *facilitators.Service
	// Messages sends invitations; nil, or while it is not ready, links are shown to be handed over.
	Messages *messages.Service
	// BaseURL is how links in messages begin, "https://facile.example.it"; empty sends none.
	BaseURL string
	// Door is how the cookie of a session comes and goes.
	Door session.Door
	// SetupToken proves at the first start who runs the program: NewSetupToken makes one, the program
	// prints it. Empty closes the first start.
	SetupToken string
}

// NewSetupToken returns a token for Deps.SetupToken.
func NewSetupToken() string { return rand.Text() }

// SetupPath is the address, without the host, that the program prints at the first start.
func SetupPath(token string) string { return "/avvio?chiave=" + token }

const (
	maxForm    = 64 << 10
	pageSize   = 25
	adminPath  = "/amministrazione"
	setupPath  = "/avvio"
	stepsPath  = "/avvio/passi"
	workPath   = "/lavoro"
	signInPath = "/accedi"
	profile    = "/profilo"
)

// Routes returns every page.
func Routes(d Deps) []ui.Route {
	var routes []ui.Route
	add := func(access ui.Access, pattern string, h ui.Handler) {
		routes = append(routes, ui.Route{Pattern: pattern, Access: access, Handle: h, MaxBody: maxForm})
	}
	add(ui.Public, "GET /accedi", d.askSignIn)
	add(ui.Public, "POST /accedi", d.signIn)
	add(ui.Public, "POST /esci", d.signOut)
	add(ui.Public, "GET /avvio", d.askFirst)
	add(ui.Public, "POST /avvio", d.first)
	add(ui.Public, "GET /invito/{token}", d.askLink)
	add(ui.Public, "POST /invito/{token}", d.useLink)
	add(ui.Public, "GET /password/{token}", d.askLink)
	add(ui.Public, "POST /password/{token}", d.useLink)
	add(ui.Public, "GET /password-dimenticata", d.askForgotten)
	add(ui.Public, "POST /password-dimenticata", d.forgotten)
	add(ui.SignedIn, "GET /profilo", d.profile)
	add(ui.SignedIn, "POST /profilo", d.changePassword)

	setup := ui.Access(identity.SetUpNetwork)
	add(setup, "GET /avvio/passi", d.steps)

	manage := ui.Access(identity.ManageAccounts)
	add(manage, "GET /amministrazione", d.list)
	add(manage, "POST /amministrazione", d.search)
	add(manage, "POST /amministrazione/account.csv", d.listFile)
	add(manage, "GET /amministrazione/accessi", d.access)
	add(manage, "GET /amministrazione/accessi.csv", d.accessFile)
	add(manage, "POST /amministrazione/accessi/revisione", d.review)
	add(manage, "GET /amministrazione/invita", d.askInvite)
	add(manage, "POST /amministrazione/invita", d.invite)
	add(manage, "GET /amministrazione/nuovo", d.askNew)
	add(manage, "POST /amministrazione/nuovo", d.create)
	add(manage, "GET /amministrazione/account/{id}", d.account)
	add(manage, "GET /amministrazione/account/{id}/modifica", d.askEdit)
	add(manage, "POST /amministrazione/account/{id}/modifica", d.edit)
	add(manage, "POST /amministrazione/account/{id}/invito", d.inviteAgain)
	add(manage, "POST /amministrazione/account/{id}/invito/ritira", d.withdrawInvite)
	add(manage, "GET /amministrazione/account/{id}/consegne", d.askLeave)
	add(manage, "POST /amministrazione/account/{id}/consegne", d.leave)
	add(manage, "GET /amministrazione/account/{id}/ruolo/{role}/durata", d.askExtend)
	add(manage, "POST /amministrazione/account/{id}/ruolo/{role}/durata", d.extend)
	add(manage, "POST /amministrazione/account/{id}/password", d.resetPassword)
	add(manage, "POST /amministrazione/account/{id}/disattiva", d.disable)
	add(manage, "POST /amministrazione/account/{id}/riattiva", d.enable)
	add(manage, "GET /amministrazione/account/{id}/persona", d.askPerson)
	add(manage, "POST /amministrazione/account/{id}/persona", d.setPerson)
	add(manage, "GET /amministrazione/account/{id}/ruolo", d.askRole)
	add(manage, "POST /amministrazione/account/{id}/ruolo", d.grant)
	add(manage, "GET /amministrazione/account/{id}/ruolo/{role}/fine", d.askEnd)
	add(manage, "POST /amministrazione/account/{id}/ruolo/{role}/fine", d.endRole)
	return routes
}

// status is that of a form which is shown again: 422, or 409 when somebody was first.
func status(f *ui.Form, refusal error) int {
	if refusal == nil {
		refusal = f.Err()
	}
	return ui.StatusOf(refusal)
}

func staff(r *http.Request, title string, way ...ui.Link) ui.Page {
	p := ui.NewPage(r, title)
	p.Section = "accounts"
	p.Breadcrumb = way
	return p
}
