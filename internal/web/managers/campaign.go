package managers

import (
	"net/http"
	"strconv"

	"capillare/internal/agenda"
	"capillare/internal/campaigns"
	"capillare/internal/kinds"
	"capillare/internal/points"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// campaignPage is a campaign: how full it is, by point and day, and what it is made of.
type campaignPage struct {
	ID, Path, Name, Days, State string
	Tone                        ui.Tone
	Tiles                       []ui.Tile
	Taken, Wanted               int
	// Pace says when the goal is reached at the pace of the last week; Late that it comes too late.
	Pace       string
	Late       bool
	Loads      []loadRow
	Turns      []turnRow
	PublicHref string
	MayRun     bool
	Planned    bool
	History    []ui.HistoryRow
}

// loadRow is a point on a day.
type loadRow struct {
	Day, Point, PointHref string
	Seats, Taken, Free    int
}

// turnRow is a turn in words.
type turnRow struct {
	ID, Who, Where, When, Days, State string
	Tone                              ui.Tone
	Planned, Made                     bool
}

func (d Deps) campaign(w http.ResponseWriter, r *http.Request) error {
	who, p := session.Actor(r), ui.PrinterOf(r)
	c, err := d.Campaigns.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	board, err := d.Campaigns.Board(r.Context(), who, c, today(r))
	if err != nil {
		return err
	}
	state, tone := campaignState(r, c)
	view := campaignPage{
		ID: c.ID, Path: campaignsPath + "/" + c.ID, Name: c.Name, Days: span(p, c.From, c.Last()), State: p.T("campaigns.state." + state), Tone: tone,
		Taken: board.Taken, Wanted: c.Wanted, Planned: c.Planned(), MayRun: d.Campaigns.MayRun(who, c) && !c.Over(today(r)),
	}
	if c.Made() {
		view.PublicHref = "/campagne/" + c.Code
	}
	view.Tiles = []ui.Tile{
		{Value: p.Number(board.Seats), Label: p.T("campaigns.tile.seats")},
		{Value: p.Number(board.Taken), Label: p.T("campaigns.tile.taken")},
		{Value: p.Number(board.Free), Label: p.T("campaigns.tile.free")},
		{Value: p.Number(board.FreeAtTheEnd), Label: p.T("campaigns.tile.last_days")},
	}
	view.Pace, view.Late = pace(r, c, board)
	if view.Loads, err = d.loadRows(r, board.Days); err != nil {
		return err
	}
	if view.Turns, err = d.turnRows(r, c.Turns); err != nil {
		return err
	}
	if view.History, err = d.campaignHistory(r, c); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, campaignView(frame(r, c.Name, campaignWay(r)...), view))
}

// pace puts the forecast into words.
func pace(r *http.Request, c campaigns.Campaign, b campaigns.Board) (text string, late bool) {
	p := ui.PrinterOf(r)
	switch {
	case c.Over(today(r)):
		return "", false
	case b.Taken >= c.Wanted:
		return p.T("campaigns.pace.reached"), false
	case b.FullOn.IsZero():
		return p.T("campaigns.pace.none"), b.Late
	}
	return p.T("campaigns.pace.on", map[string]any{"n": b.LastWeek, "day": p.DayNum(b.FullOn)}), b.Late
}

func (d Deps) loadRows(r *http.Request, days []agenda.KindDay) ([]loadRow, error) {
	p := ui.PrinterOf(r)
	var ids []string
	for _, day := range days {
		ids = append(ids, day.PointID)
	}
	found, err := d.Points.ByIDs(r.Context(), unique(ids))
	rows := make([]loadRow, len(days))
	for i, day := range days {
		rows[i] = loadRow{Day: p.Day(day.Day), Point: found[day.PointID].PublicName, PointHref: "/gestione/punti/" + day.PointID,
			Seats: day.Seats, Taken: day.Taken, Free: day.Free}
	}
	return rows, err
}

func (d Deps) turnRows(r *http.Request, turns []campaigns.Turn) ([]turnRow, error) {
	p := ui.PrinterOf(r)
	var people, places []string
	for _, t := range turns {
		people, places = append(people, t.FacilitatorID), append(places, t.PointID)
	}
	names, err := d.Facilitators.ByIDs(r.Context(), unique(people))
	if err != nil {
		return nil, err
	}
	found, err := d.Points.ByIDs(r.Context(), unique(places))
	if err != nil {
		return nil, err
	}
	rows := make([]turnRow, len(turns))
	for i, t := range turns {
		tone := ui.Warning
		if t.State == campaigns.Made {
			tone = ui.Success
		}
		rows[i] = turnRow{
			ID: t.ID, Who: names[t.FacilitatorID].FullName(), Where: placeOf(found[t.PointID], t), When: turnTimes(r, t), Days: span(p, t.From, t.To),
			State: p.T("campaigns.turn." + t.State), Tone: tone, Planned: t.State == campaigns.Planned, Made: t.State == campaigns.Made,
		}
	}
	return rows, nil
}

// placeOf is the point of a turn and, where it has more than one, the place.
func placeOf(one points.Point, t campaigns.Turn) string {
	if a, ok := one.Address(t.AddressID); ok {
		if len(one.Addresses) == 1 || a.Place == "" {
			return one.PublicName
		}
		return one.PublicName + ", " + a.Place
	}
	return one.PublicName + ", " + t.Place.Name
}

// turnTimes is "lunedì e martedì 09:00-13:00".
func turnTimes(r *http.Request, t campaigns.Turn) string {
	p := ui.PrinterOf(r)
	var days []string
	for _, w := range t.Weekdays.List() {
		days = append(days, p.Weekday(w))
	}
	return p.And(days) + " " + t.Starts.String() + "-" + t.Ends.String()
}

func (d Deps) campaignHistory(r *http.Request, c campaigns.Campaign) ([]ui.HistoryRow, error) {
	rows, err := d.Campaigns.History(r.Context(), session.Actor(r), c.ID)
	if err != nil {
		return nil, err
	}
	value, err := d.campaignValue(r)
	if err != nil {
		return nil, err
	}
	return d.story(r, rows, ui.HistoryWords{Action: "campaigns.act.", Field: "campaigns.change.", Value: value})
}

// campaignValue puts the values of a history into words: ids become names.
func (d Deps) campaignValue(r *http.Request) (func(field, value string) string, error) {
	who := session.Actor(r)
	list, err := d.Kinds.List(r.Context(), who, kinds.Filter{})
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, k := range list {
		names[k.ID] = k.Name
	}
	return func(field, value string) string {
		if name, ok := names[value]; ok && field == "KindID" {
			return name
		}
		return value
	}, nil
}

func (d Deps) campaignFile(w http.ResponseWriter, r *http.Request) error {
	who := session.Actor(r)
	c, err := d.Campaigns.ByID(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	board, err := d.Campaigns.Board(r.Context(), who, c, today(r))
	if err != nil {
		return err
	}
	found, err := d.Points.ByIDs(r.Context(), c.PointIDs())
	if err != nil {
		return err
	}
	rows := make([][]string, len(board.Days))
	for i, day := range board.Days {
		rows[i] = []string{day.Day.String(), found[day.PointID].Code, found[day.PointID].PublicName,
			strconv.Itoa(day.Seats), strconv.Itoa(day.Taken), strconv.Itoa(day.Free)}
	}
	head := []string{"campaigns.col.day", "campaigns.col.code", "campaigns.col.point", "campaigns.col.seats", "campaigns.col.taken", "campaigns.col.free"}
	return ui.SendTable(w, r, c.Code, head, rows)
}
