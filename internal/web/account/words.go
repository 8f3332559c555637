package account

import (
	"context"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/web/ui"
)

// lastTime is a day and an hour in words; the zero time is never.
func lastTime(ctx context.Context, at time.Time) string {
	if at.IsZero() {
		return ui.T(ctx, "account.never")
	}
	return instantWords(ui.Printer(ctx), at)
}

// instantWords is a day and an hour in words.
func instantWords(p i18n.Printer, at time.Time) string {
	return p.DayNum(calendar.DayOf(at)) + ", " + p.Time(at)
}

func passwordState(ctx context.Context, a identity.Account) string {
	switch {
	case a.Invited:
		return ui.T(ctx, "account.password.none")
	case a.MustChange:
		return ui.T(ctx, "account.password.first")
	}
	return ui.T(ctx, "account.password.own")
}

// mailHint says what the address of a new person is for.
func mailHint(ctx context.Context, mail bool) string {
	if mail {
		return ui.T(ctx, "account.invite.email_hint")
	}
	return ui.T(ctx, "account.new.email_hint")
}

// inviteDo names what the button does: send the invitation, or make it to be handed over.
func inviteDo(ctx context.Context, mail bool) string {
	if mail {
		return ui.T(ctx, "account.invite.do")
	}
	return ui.T(ctx, "account.invite.prepare")
}

// scopeOptions puts the invitation to choose before many choices; a single one is chosen already.
func scopeOptions(ctx context.Context, options []ui.Option) []ui.Option {
	if len(options) == 1 {
		return options
	}
	return append([]ui.Option{{Value: "", Label: ui.T(ctx, "account.role.choose")}}, options...)
}

// personWords names the facilitator who uses an account.
func personWords(ctx context.Context, name string) string {
	if name == "" {
		return ui.T(ctx, "account.person.nobody")
	}
	return name
}

// inviteMethod is how the choice of a role travels: in the address at first, in the body as soon as
// something personal was typed.
func inviteMethod(v invitePage) string {
	if len(v.Carried) > 0 {
		return "post"
	}
	return "get"
}
