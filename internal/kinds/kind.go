package kinds

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// Mode is how an appointment takes place.
type Mode string

// The modes.
const (
	// Desk is one person at the point.
	Desk Mode = "desk"
	// Group is several people at the point.
	Group Mode = "group"
	// Course is several people who learn together.
	Course Mode = "course"
	// Phone is a call.
	Phone Mode = "phone"
	// Video is a call with pictures.
	Video Mode = "video"
	// Home is a visit to who cannot come.
	Home Mode = "home"
	// Village is a stop of an itinerant point.
	Village Mode = "village"
)

// Modes returns every mode, in the order of the pages.
func Modes() []Mode { return []Mode{Desk, Group, Course, Phone, Video, Home, Village} }

// The shapes of an appointment: for one person, or with seats. They are those of a shift.
const (
	individual = "individual"
	group      = "group"
)

// Shape is how the times of the mode are shared out: "individual" or "group", as the kinds of a shift in
// package facilitators.
func (m Mode) Shape() string {
	if m == Group || m == Course {
		return group
	}
	return individual
}

// Remote reports whether nobody comes to the point: a call, or a visit at home.
func (m Mode) Remote() bool { return m == Phone || m == Video || m == Home }

// Audience is who may book; each one may book what the ones before it may.
type Audience string

// The audiences.
const (
	// Everyone is whoever opens the public pages.
	Everyone Audience = "everyone"
	// Partners are associations and municipalities that book for others.
	Partners Audience = "partners"
	// Staff are the people of the network.
	Staff Audience = "staff"
)

// Audiences returns every audience, the widest first.
func Audiences() []Audience { return []Audience{Everyone, Partners, Staff} }

// Sees reports whether this audience may book what is for that other one. The empty one is Everyone.
func (a Audience) Sees(other Audience) bool {
	return a.rank() >= other.rank()
}

func (a Audience) rank() int { return max(slices.Index(Audiences(), a), 0) }

// Kind is a kind of appointment: what it is for, how long, who may book it.
type Kind struct {
	ID string `audit:"-"`
	// BodyID and PointID say where it is offered: everywhere when both are empty, else at the points that
	// the body manages, or at the one point.
	BodyID, PointID string
	Name, NameEN    string
	Mode            Mode
	// Topics are the national codes (SE6) of what it serves; empty means any.
	Topics []string
	// Minutes is how long it lasts: a multiple of 5 from 10 to 240.
	Minutes int
	// Before and After are pauses around it that keep the facilitator busy: multiples of 5.
	Before, After int
	// Seats is how many people fit: 1 unless the shape is a group.
	Seats int
	// Kept is what only the staff may give away: of a group so many seats, else one time in so many; 0 none.
	Kept int
	// NoticeMinutes is how long before the start citizens can still book.
	NoticeMinutes int
	// HorizonDays is how many days ahead times are made; 0 means that of the network.
	HorizonDays int
	Audience    Audience
	// Bring and BringEN say what to bring.
	Bring, BringEN string
	// Skills and Languages are what a facilitator needs, all of them.
	Skills, Languages []string
	// From and To are the first and last day on which its appointments take place; To is zero while it goes on.
	From, To calendar.Day
	// Version is which edit a form was opened on.
	Version int `audit:"-"`
}

// On reports whether appointments of the kind take place on d.
func (k Kind) On(d calendar.Day) bool {
	return !d.Before(k.From) && (k.To.IsZero() || !d.After(k.To))
}

// Serves reports whether the kind is for a topic. Any kind serves a topic that is not said.
func (k Kind) Serves(topic string) bool {
	return topic == "" || len(k.Topics) == 0 || slices.Contains(k.Topics, topic)
}

// SuitedTo reports whether somebody with these skills and languages can give it.
func (k Kind) SuitedTo(skills, languages []string) bool {
	return all(k.Skills, skills) && all(k.Languages, languages)
}

func all(needed, had []string) bool {
	return !slices.ContainsFunc(needed, func(n string) bool { return !slices.Contains(had, n) })
}

// NameIn is the name in a language ("it", "en"), Italian when there is no other.
func (k Kind) NameIn(language string) string { return inLanguage(language, k.Name, k.NameEN) }

// BringIn is what to bring, in a language like NameIn.
func (k Kind) BringIn(language string) string { return inLanguage(language, k.Bring, k.BringEN) }

func inLanguage(language, it, en string) string {
	if language == "en" && en != "" {
		return en
	}
	return it
}

// Changed is the fact that a kind was added, changed or ended.
type Changed struct{ KindID string }

// Refusals of this package.
var (
	ErrNotFound = errs.New(errs.NotFound, "kinds.not_found")
	ErrEnded    = errs.New(errs.Conflict, "kinds.ended")
	ErrRival    = errs.New(errs.Conflict, "kinds.rival")
)
