package imports

import (
	"slices"

	"capillare/internal/calendar"
	"capillare/internal/facilitators"
	"capillare/internal/points"
)

// exampleOf is what somebody could write in a column, in the language of files.
func exampleOf(kind, column string) string {
	own := map[string]map[string]string{
		Bodies:       {colName: "Unione dei Comuni della Valle", colKind: "unione di comuni", colTaxCode: "01234567897", colEmail: "ente@example.org"},
		Facilitators: {colEmail: "ada.rossi@example.org", colFrom: "01/09/2026"},
		Duties:       {colKind: "individuale", colEmail: "ada.rossi@example.org", colFrom: "01/09/2026"},
	}[kind]
	if text := own[column]; text != "" {
		return text
	}
	return map[string]string{
		colCode: "PT010", colTown: "Empoli", colISTAT: "048014", colProvince: "FI", colPlace: "Biblioteca comunale",
		colName: "Punto Digitale Facile di Empoli", colStreet: "Via Cavour 36", colCAP: "50053", colManaging: "Comune di Empoli",
		colDelivering: "Auser Empoli", colProject: "DF-17-01", colKind: points.Fixed, colHours: "lun-ven 9:00-13:00; mar 15:00-18:00",
		colPhone: "0571 000000", colEmail: "punto@example.org", colLat: "43,7189", colLon: "10,9466", colAccessibility: "rampa; bagno",
		colOpened: "01/09/2026", colState: "aperto", colStateFrom: "01/09/2026", colSource: "delibera 12 del 2026",
		colSurname: "Rossi", colGiven: "Ada", colTaxCode: "RSSDAA80E43D403X", colBody: "Comune di Empoli", colPoints: "PT010; PT011",
		colLanguages: "italiano; inglese", colSkills: "SPID; posta elettronica", colContract: "dipendente", colFrom: "01/09/2026",
		colShortName: "Unione Valle", colIPA: "ucvalle", colPEC: "ente@pec.example.org", colRoles: "sub attuatore; ospitante",
		colRoleFrom: "01/07/2026", colRoleTo: "31/12/2027", colEnded: "31/12/2027",
		colPoint: "PT010", colWeekday: "lunedì", colStarts: "9:00", colEnds: "13:00", colDuration: "30", colSeats: "1", colTo: "31/12/2026",
		colProgramme: "TOS-2026", colKPI: "servizi", colDue: "31/12/2027", colValue: "136000",
	}[column]
}

// sampleRows are rows that this network can import as they are.
func (s *Service) sampleRows(kind string, have stock, columns []string) ([][]string, error) {
	var cells []map[string]string
	switch kind {
	case Points:
		cells = have.samplePoints()
	case Bodies:
		cells = []map[string]string{
			{colName: "Associazione di esempio", colKind: "terzo settore", colRoles: "realizzatore", colEmail: "esempio@example.org"},
			{colName: "Biblioteca di esempio", colKind: "altro", colRoles: "ospitante", colPhone: "055 000000"},
		}
	case Facilitators:
		cells = have.samplePeople()
	case Duties:
		cells = have.sampleDuties(calendar.DayOf(s.db.Now()))
	case Targets:
		cells = have.sampleTargets()
	}
	if len(cells) == 0 {
		return nil, ErrNoSample
	}
	rows := make([][]string, len(cells))
	for i, one := range cells {
		for _, column := range columns {
			rows[i] = append(rows[i], one[column])
		}
	}
	return rows, nil
}

// samplePoints are a fixed point and one that goes round two places.
func (have stock) samplePoints() []map[string]string {
	if len(have.towns) == 0 {
		return nil
	}
	town := have.towns[0]
	tour := func(place, street, hours string) map[string]string {
		return map[string]string{colCode: "ESEMPIO-2", colTown: town, colName: "Punto di esempio itinerante", colKind: points.Itinerant,
			colPlace: place, colStreet: street, colHours: hours}
	}
	return []map[string]string{
		{colCode: "ESEMPIO-1", colTown: town, colName: "Punto di esempio in biblioteca", colKind: "fisso", colPlace: "Biblioteca comunale",
			colStreet: "Via Roma 1", colHours: "lun-ven 9:00-13:00; mar 15:00-18:00", colAccessibility: "rampa; bagno"},
		tour("Circolo", "Piazza della Chiesa 2", "lun 9:00-12:00"), tour("Scuola", "Via della Scuola 3", "gio 15:00-18:00"),
	}
}

func (have stock) samplePeople() []map[string]string {
	if len(have.bodies) == 0 {
		return nil
	}
	one := map[string]string{colSurname: "Esempio", colGiven: "Ada", colBody: have.bodies[0].Name, colEmail: "ada.esempio@example.org",
		colLanguages: "italiano; inglese", colSkills: "SPID; posta elettronica", colContract: "dipendente"}
	if len(have.points) > 0 {
		one[colPoints] = have.points[0].Code
	}
	return []map[string]string{one}
}

// sampleDuties are two shifts of somebody who serves a point, at hours at which nobody else is there.
func (have stock) sampleDuties(today calendar.Day) []map[string]string {
	for _, f := range have.people {
		i := slices.IndexFunc(have.points, func(p points.Point) bool { return f.ServesOn(p.ID, today) })
		if i < 0 {
			continue
		}
		body := ""
		for _, b := range have.bodies {
			if b.ID == f.BodyID {
				body = b.Name
			}
		}
		at := have.points[i]
		street := at.Addresses[0].Street
		if street == "" {
			street = at.Addresses[0].Place
		}
		row := func(starts, ends, kind, seats string) map[string]string {
			return map[string]string{colSurname: f.Surname, colGiven: f.Name, colBody: body, colPoint: at.Code, colStreet: street,
				colWeekday: "domenica", colStarts: starts, colEnds: ends, colDuration: "30", colKind: kind, colSeats: seats}
		}
		if f.State == facilitators.Active && body != "" {
			return []map[string]string{row("6:00", "7:00", "individuale", "1"), row("7:00", "8:00", "gruppo", "6")}
		}
	}
	return nil
}

// sampleTargets end a day early, so that an example that is imported changes no target of the network.
func (have stock) sampleTargets() []map[string]string {
	if len(have.programmes) == 0 {
		return nil
	}
	p := have.programmes[0]
	row := func(kpi, value string) map[string]string {
		return map[string]string{colProgramme: p.Code, colKPI: kpi, colDue: p.EndsOn.AddDays(-1).String(), colValue: value}
	}
	return []map[string]string{row("servizi", "1000"), row("cittadini", "700")}
}
