package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/calendar"
	"capillare/internal/errs"
	"capillare/internal/i18n"
	"capillare/internal/network"
	"capillare/internal/web/ui"
)

// network returns the header and footer of the network; a network that is not set up yet, or cannot be
// read just now, must not keep a page from being shown.
func (s *Server) network(ctx context.Context, p i18n.Printer) ui.Network {
	now, err := s.deps.Network.Current(ctx)
	if err != nil {
		return ui.Network{Name: "Capillare"}
	}
	set := now.Setting
	n := ui.Network{
		Name: set.Name, Tagline: set.Tagline, Region: s.regionName(ctx, set.RegionCode),
		Phone: set.Phone, PhoneHours: phoneHours(p, set, now.Hours), Email: set.Email, Demo: set.Invented,
		Palette: set.Palette, Funding: set.Funding(p.Lang()), Terms: now.Published[network.Terms] > 0,
	}
	if now.Hours.Known() {
		n.PhoneNow = phoneNow(p, now.Hours, s.deps.Now())
	}
	if ids := slices.Concat(one(now.LogoID), now.FunderIDs); len(ids) > 0 {
		all := s.pictures(ctx, ids)
		n.Logo = all[now.LogoID]
		for _, id := range now.FunderIDs {
			if picture, ok := all[id]; ok {
				n.Funders = append(n.Funders, picture)
			}
		}
	}
	return n
}

func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// pictures returns pictures of the network by id. A picture never changes under its id, so what was read
// once is kept. One that cannot be read just now is left out.
func (s *Server) pictures(ctx context.Context, ids []string) map[string]ui.Picture {
	all, missing := map[string]ui.Picture{}, []string{}
	for _, id := range ids {
		if known, ok := s.picture.Load(id); ok {
			all[id], _ = known.(ui.Picture)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 || s.deps.Files == nil {
		return all
	}
	found, err := s.deps.Files.ByIDs(ctx, missing)
	if err != nil {
		s.deps.Log.Error("pictures of the network", "err", err)
		return all
	}
	for id, f := range found {
		all[id] = ui.Picture{Src: "/immagini/" + id, Alt: f.Alt, Width: f.Width, Height: f.Height}
		s.picture.Store(id, all[id])
	}
	return all
}

// phoneHours returns when somebody answers, in words: "lun–ven 08:00–18:00, gratuito".
func phoneHours(p i18n.Printer, set network.Setting, h network.Hours) string {
	var parts []string
	for _, group := range h.Bands.Groups() {
		var hours []string
		for _, band := range group.Bands {
			hours = append(hours, band.Opens.String()+"–"+band.Closes.String())
		}
		parts = append(parts, weekdays(p, group.Weekdays)+" "+strings.Join(hours, ", "))
	}
	if set.PhoneHours != "" {
		parts = append(parts, set.PhoneHours)
	}
	return strings.Join(parts, "; ")
}

// weekdays writes days that follow one another as "lun–ven".
func weekdays(p i18n.Printer, days []calendar.Weekday) string {
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		name := p.WeekdayShort(days[i])
		switch {
		case j > i+1:
			name += "–" + p.WeekdayShort(days[j])
		case j > i:
			name += ", " + p.WeekdayShort(days[j])
		}
		parts = append(parts, name)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// phoneNow says whether somebody answers at this moment, and when next.
func phoneNow(p i18n.Printer, h network.Hours, now time.Time) string {
	if h.OpenAt(now) {
		return p.T("web.phone.open")
	}
	day, opens, ok := h.Next(now)
	if !ok {
		return p.T("web.phone.closed")
	}
	if day == calendar.DayOf(now) {
		return p.T("web.phone.today", errs.Args{"time": opens})
	}
	return p.T("web.phone.next", errs.Args{"day": p.Day(day), "time": opens})
}
