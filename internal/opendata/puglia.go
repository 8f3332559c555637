package opendata

import (
	"io"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/i18n"
	"capillare/internal/tabular"
)

// The columns of the open data of Regione Puglia on its points, in their order.
var pugliaHeader = []string{"id", "avvio", "comune", "enteGestore", "giorniEOrariDiApertura", "indirizzo", "latitudine", "longitudine", "nomeDelloSpazio", "tipo"}

func writePuglia(w io.Writer, places []place, about About) error {
	p := italian()
	rows := make([][]string, len(places))
	for i, one := range places {
		rows[i] = []string{
			one.id(), one.OpenedOn.String(), one.town.Name, one.body, weekWords(p, one, about.Day), one.Street,
			one.lat(), one.lon(), one.PublicName, p.T("points.kind." + one.Kind),
		}
	}
	return tabular.WriteCSV(w, pugliaHeader, tabular.RowsOf(rows), tabular.CSVOptions{Separator: ',', Encoding: tabular.UTF8})
}

// italian: the columns are read by Italians, whoever asks for them.
func italian() i18n.Printer { return i18n.Default().Printer(i18n.Italian) }

// weekWords is the week that holds on a day as people write it: "Lun-Ven 9-13; Mar e Gio 15-18:30".
func weekWords(p i18n.Printer, one place, on calendar.Day) string {
	var parts []string
	for _, group := range one.WeekOn(on).Groups() {
		var hours []string
		for _, band := range group.Bands {
			hours = append(hours, hourWords(band.Opens)+"-"+hourWords(band.Closes))
		}
		parts = append(parts, dayWords(p, group.Weekdays)+" "+strings.Join(hours, " e "))
	}
	return strings.Join(parts, "; ")
}

// dayWords is "Lun-Ven", or "Mar e Gio".
func dayWords(p i18n.Printer, days []calendar.Weekday) string {
	name := func(w calendar.Weekday) string {
		short := p.WeekdayShort(w)
		return strings.ToUpper(short[:1]) + short[1:]
	}
	first, last := days[0], days[len(days)-1]
	if len(days) > 2 && int(last)-int(first) == len(days)-1 {
		return name(first) + "-" + name(last)
	}
	names := make([]string, len(days))
	for i, day := range days {
		names[i] = name(day)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " e " + names[len(names)-1]
}

// hourWords is "9" or "9:30".
func hourWords(m calendar.Minute) string {
	text := strings.TrimSuffix(strings.TrimPrefix(m.String(), "0"), ":00")
	if text == "" || text[0] == ':' {
		return "0" + text
	}
	return text
}
