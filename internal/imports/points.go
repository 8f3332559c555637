package imports

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/funding"
	"capillare/internal/geo"
	"capillare/internal/identity"
	"capillare/internal/points"
	"capillare/internal/sqldb"
	"capillare/internal/territory"
)

// pointRows is what the rows of points are held against.
type pointRows struct {
	s      *Service
	plan   *plan
	towns  *towns
	bodies *bodies
	byCode map[string]points.Point
	// byName are the codes of the points that are not closed, by official name.
	byName   map[string]string
	projects map[string]funding.Project
	codes    []string
	seen     map[string]int
	named    map[string]int
}

// pointRow is one row as it will be.
type pointRow struct {
	old    points.Point
	exists bool
	want   points.Point
	town   territory.Municipality
	bands  calendar.Bands
	// managing and delivering are zero when the row says nothing of them.
	managing, delivering bodyRef
	// managed is the name of the managing body.
	managed string
}

func (s *Service) planPoints(ctx context.Context, who identity.Actor, st *staged, p *plan) error {
	rows, err := s.newPointRows(ctx, who, p)
	if err != nil {
		return err
	}
	for _, r := range st.Rows {
		if err := rows.add(ctx, p.begin(r)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) newPointRows(ctx context.Context, who identity.Actor, p *plan) (*pointRows, error) {
	rows := &pointRows{s: s, plan: p, byCode: map[string]points.Point{}, byName: map[string]string{},
		projects: map[string]funding.Project{}, seen: map[string]int{}, named: map[string]int{}}
	var err error
	if rows.towns, err = s.newTowns(ctx); err != nil {
		return nil, err
	}
	// Points before bodies: a rival's import makes both at once, and points seen here without their bodies would
	// look as if they changed hands.
	all, err := s.Points.All(ctx, who, identity.EditPoints)
	if err != nil {
		return nil, err
	}
	if rows.bodies, err = s.newBodies(ctx, who, p); err != nil {
		return nil, err
	}
	for _, one := range all {
		rows.byCode[one.Code] = one
		if one.ClosedOn.IsZero() {
			rows.byName[one.OfficialName] = one.Code
		}
	}
	projects, err := s.Funding.Projects(ctx, who, funding.Filter{})
	for _, one := range projects {
		rows.projects[folded(one.Code)] = one
		rows.codes = append(rows.codes, one.Code)
	}
	return rows, err
}

// add plans one row.
func (rows *pointRows) add(ctx context.Context, c *check) error {
	code := strings.ToUpper(c.cell(colCode))
	rows.once(c, colCode, code, rows.seen)
	r := &pointRow{}
	r.old, r.exists = rows.byCode[code]
	if r.want = r.old; !r.exists {
		r.want = points.Point{Code: code, Kind: points.Fixed, Addresses: []points.Address{{}}}
	}
	r.want.Addresses = slices.Clone(r.want.Addresses)
	r.details(c)
	if err := rows.place(ctx, c, r); err != nil {
		return err
	}
	if err := r.hours(c); err != nil {
		return err
	}
	if err := rows.relations(ctx, c, r); err != nil {
		return err
	}
	r.begin(c)
	checked, err := rows.check(ctx, c, r)
	if err != nil || c.failed {
		return err
	}
	r.want = checked
	rows.name(c, r)
	if !c.failed {
		rows.keep(c, r)
	}
	return nil
}

// once refuses an empty key and one that an earlier row has.
func (rows *pointRows) once(c *check, column, key string, seen map[string]int) {
	switch first, twice := seen[key]; {
	case key == "":
		c.wrong(column, "imports.required")
	case twice:
		c.wrong(column, "imports.twice_in_file", errs.Args{"row": first})
	default:
		seen[key] = c.Number
	}
}

// details sets what the row says in words; an empty cell leaves what is there.
func (r *pointRow) details(c *check) {
	if name := c.cell(colName); name != "" && name != r.want.OfficialName {
		if r.want.PublicName == r.old.OfficialName {
			r.want.PublicName = name
		}
		r.want.OfficialName = name
	}
	if r.want.OfficialName == "" {
		c.wrong(colName, "imports.required")
	}
	r.want.Kind = c.word(colKind, kindWords(), r.want.Kind)
	set(&r.want.Phone, c.cell(colPhone))
	set(&r.want.Email, c.cell(colEmail))
	source := c.cell(colSource)
	if reference := c.cell(colReference); reference != "" {
		source = strings.TrimSpace(source + " (" + reference + ")")
	}
	set(&r.want.Source, source)
	if tags, known := c.tags(colAccessibility, accessibilityWords()); known {
		r.want.Accessibility = tags
	}
}

func set(field *string, text string) {
	if text != "" {
		*field = text
	}
}

// place sets the first address; the others of an itinerant point are not in such files.
func (rows *pointRows) place(ctx context.Context, c *check, r *pointRow) error {
	at := &r.want.Addresses[0]
	if !r.exists || c.cell(colTown) != "" || c.cell(colISTAT) != "" {
		town, ok := rows.towns.of(ctx, c)
		if ok {
			r.town, at.Belfiore = town, town.Belfiore
		}
	} else {
		known, err := rows.s.Territory.ByBelfiore(ctx, []string{at.Belfiore})
		if err != nil {
			return err
		}
		r.town = known[at.Belfiore]
	}
	set(&at.Place, c.cell(colPlace))
	set(&at.Street, c.cell(colStreet))
	postcode := c.cell(colCAP)
	if len(postcode) == 4 && strings.Trim(postcode, "0123456789") == "" {
		postcode = "0" + postcode
	}
	set(&at.CAP, postcode)
	r.coordinates(c, at)
	return nil
}

func (r *pointRow) coordinates(c *check, at *points.Address) {
	lat, lon := c.cell(colLat), c.cell(colLon)
	switch {
	case lat == "" && lon == "":
		return
	case lat == "":
		c.wrong(colLat, "imports.both_coordinates")
		return
	case lon == "":
		c.wrong(colLon, "imports.both_coordinates")
		return
	}
	y, okLat := decimal(lat)
	x, okLon := decimal(lon)
	switch {
	case !okLat:
		c.wrong(colLat, "points.coordinates")
	case !okLon:
		c.wrong(colLon, "points.coordinates")
	case inItaly(x, y) && !inItaly(y, x):
		c.wrong(colLat, "imports.coordinates_swapped")
	case !inItaly(y, x):
		c.wrong(colLat, "imports.coordinates_far")
	default:
		at.At, at.HasAt = geo.Point{Lat: y, Lon: x}, true
	}
}

func inItaly(lat, lon float64) bool { return lat > 35 && lat < 48 && lon > 6 && lon < 19 }

// hours reads the ordinary week and holds it against the figure that people wrote beside it.
func (r *pointRow) hours(c *check) error {
	bands, err := calendar.ParseBands(c.cell(colHours))
	if err != nil {
		return c.refused(err, colHours, nil)
	}
	r.bands = bands
	if len(bands) > 0 {
		r.weekly(c)
		return nil
	}
	if r.exists && !r.old.HoursToComplete() {
		return nil
	}
	if text := c.cell(colHoursText); text != "" {
		c.warn(colHoursText, "imports.hours_words")
	} else {
		c.warn(colHours, "imports.hours_missing")
	}
	return nil
}

func (r *pointRow) weekly(c *check) {
	text := c.cell(colWeekly)
	if text == "" {
		return
	}
	if split, err := calendar.ParseBands(text); err == nil && len(split) > 0 {
		c.wrong(colWeekly, "imports.hours_split")
		return
	}
	said, ok := decimal(text)
	computed := r.bands.Minutes()
	if !ok {
		c.warn(colWeekly, "imports.weekly_unread")
	} else if minutes := int(said*60 + 0.5); minutes != computed {
		c.warn(colWeekly, "imports.weekly_differs", errs.Args{"computed": hoursText(computed)})
	}
}

// hoursText writes 1770 minutes as "29,5".
func hoursText(minutes int) string {
	return strings.Replace(strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64), ".", ",", 1)
}

// relations sets the project and the bodies. A row without a managing body takes that of its project,
// and without a project the municipality.
func (rows *pointRows) relations(ctx context.Context, c *check, r *pointRow) (err error) {
	if code := c.cell(colProject); code != "" {
		project, ok := rows.projects[folded(code)]
		if !ok {
			unknown(c, colProject, "imports.project_unknown", code, rows.codes)
		}
		r.want.ProjectID = project.ID
		if ok && !r.exists && c.cell(colManaging) == "" {
			r.managing = bodyRef{id: project.BodyID}
		}
	}
	switch name := c.cell(colManaging); {
	case name != "":
		r.managing, err = rows.bodies.named(ctx, c, colManaging, name, r.town)
	case !r.exists && r.managing == bodyRef{} && r.town.Belfiore != "":
		r.managing, err = rows.bodies.ofTown(ctx, c, r.town)
	}
	if err != nil {
		return err
	}
	if name := c.cell(colDelivering); name != "" {
		if r.delivering, err = rows.bodies.named(ctx, c, colDelivering, name, r.town); err != nil {
			return err
		}
	}
	if r.managing != (bodyRef{}) {
		r.want.ManagingBodyID = r.managing.id
	}
	if r.managed = r.managing.name; r.managed == "" {
		r.managed = rows.bodies.nameOf[r.want.ManagingBodyID]
	}
	if r.delivering != (bodyRef{}) {
		r.want.DeliveringBodyID = r.delivering.id
	}
	return nil
}

// unknown refuses a code or name that is not there, with the one that was probably meant.
func unknown(c *check, column, key, text string, known []string) {
	if near := nearest(text, known); near != "" {
		c.wrong(column, key+"_near", errs.Args{"name": near})
		return
	}
	c.wrong(column, key)
}

// begin chooses the state of a new point and puts its hours in; those of a known one go another way.
func (r *pointRow) begin(c *check) {
	opened := c.day(colOpened)
	if r.exists {
		if len(r.bands) > 0 && r.old.HoursToComplete() && r.old.State == points.StateSettingUp {
			c.warn(colHours, "imports.open_by_hand")
		}
		return
	}
	r.want.State = points.StateSettingUp
	if len(r.bands) == 0 {
		return
	}
	r.want.Addresses[0].Schedules = []points.Schedule{{Bands: r.bands}}
	if r.want.Kind == points.Itinerant {
		c.warn(colKind, "imports.itinerant_places")
		return
	}
	r.want.State, r.want.OpenedOn = points.StateOpen, opened
}

// check asks package points, which cannot know of bodies that this very import adds.
func (rows *pointRows) check(ctx context.Context, c *check, r *pointRow) (points.Point, error) {
	checked, err := rows.s.Points.Check(ctx, r.want)
	refusal, ok := refusalOf(err)
	if !ok {
		return checked, err
	}
	var left errs.Problems
	for _, one := range refusal.Problems {
		newBody := one.Field == "managing_body_id" && r.managing.id == "" && r.managing.name != ""
		// A municipality, a name or a body that was not found has been said already, better.
		said := c.failed && slices.Contains([]string{"addresses.0.belfiore", "managing_body_id", "project_id", "official_name"}, one.Field)
		if !newBody && !said {
			left = append(left, one)
		}
	}
	return checked, c.refused(left.Err(), colName, map[string]string{
		"code": colCode, "official_name": colName, "kind": colKind, "managing_body_id": colManaging, "delivering_body_id": colDelivering,
		"project_id": colProject, "email": colEmail, "accessibility": colAccessibility, "addresses.0.cap": colCAP,
		"addresses.0.hours": colHours, "addresses.0.at": colLat, "addresses.0.belfiore": colTown,
	})
}

// name refuses the name of another point, which the whole country must tell apart.
func (rows *pointRows) name(c *check, r *pointRow) {
	if code, ok := rows.byName[r.want.OfficialName]; ok && code != r.want.Code {
		c.wrong(colName, "imports.name_taken", errs.Args{"code": code})
		return
	}
	rows.once(c, colName, r.want.OfficialName, rows.named)
}

// keep plans the change that a row without problems makes.
func (rows *pointRows) keep(c *check, r *pointRow) {
	moved := r.managing.id == "" && r.managing.name != "" || r.delivering.id == "" && r.delivering.name != ""
	edited := r.exists && (moved || !reflect.DeepEqual(r.old, r.want))
	hours := r.exists && len(r.bands) > 0 && !slices.Equal(r.bands, r.old.Addresses[0].Ordinary())
	change := Unchanged
	switch {
	case !r.exists:
		change = Added
	case edited || hours:
		change = Changed
	}
	c.count(change, r.sample(hours))
	service := rows.s.Points
	if change == Unchanged {
		return
	}
	row := *r
	rows.plan.steps = append(rows.plan.steps, func(ctx context.Context, tx *sqldb.Tx, at *run) error {
		want := row.want
		if row.managing != (bodyRef{}) {
			want.ManagingBodyID = at.id(row.managing)
		}
		if row.delivering != (bodyRef{}) {
			want.DeliveringBodyID = at.id(row.delivering)
		}
		if !row.exists {
			_, err := service.AddTx(ctx, tx, at.who, want)
			return atRow(err, c.Number)
		}
		if edited {
			if err := service.EditTx(ctx, tx, at.who, want); err != nil {
				return atRow(err, c.Number)
			}
		}
		if hours {
			week := points.Schedule{Bands: row.bands}
			return atRow(service.SetHoursTx(ctx, tx, at.who, want.Addresses[0].ID, week), c.Number)
		}
		return nil
	})
}

// atRow says at which row a refusal came that only the writing could give.
func atRow(err error, number int) error {
	r, ok := refusalOf(err)
	if !ok || r.Kind != errs.Invalid && r.Kind != errs.Conflict || errors.Is(err, points.ErrChanged) {
		return err
	}
	key, args := r.Key, r.Args
	if len(r.Problems) > 0 {
		key, args = r.Problems[0].Key, r.Problems[0].Args
	}
	return &errs.Refusal{Kind: errs.Conflict, Key: "imports.refused_at_row", Args: errs.Args{"row": number},
		Problems: []errs.Problem{{Key: key, Args: args}}}
}

func (r *pointRow) sample(hours bool) SampleRow {
	at := r.want.Addresses[0]
	bands := r.bands
	if len(bands) == 0 && r.exists {
		bands = r.old.Addresses[0].Ordinary()
	}
	week := SampleCell{Name: "hours", Word: "points.hours_to_complete", Changed: hours}
	if len(bands) > 0 {
		week.Word, week.Minutes = "", bands.Minutes()
	}
	street := strings.Join(slices.DeleteFunc([]string{at.Street, at.Place, r.town.Name}, func(s string) bool { return s == "" }), ", ")
	place := SampleCell{Name: "place", Text: street}
	managing := SampleCell{Name: "managing", Text: r.managed}
	if r.exists {
		was := r.old.Addresses[0]
		place.Changed = was.Street != at.Street || was.Place != at.Place || was.Belfiore != at.Belfiore
		managing.Changed = r.want.ManagingBodyID != r.old.ManagingBodyID
	}
	return SampleRow{Title: r.want.Code + " " + r.want.OfficialName, Cells: []SampleCell{
		place, managing, week, {Name: "state", Word: "points.state." + r.want.State},
	}}
}
