package official

// metresPerKM turns the distances of the edition of 2013 into kilometres.
const metresPerKM = 1000

// travelFormats is ISTAT's matrix of road times: the edition of 2013 by its own heads, later ones by
// the usual words or a mapping.
func travelFormats() []format {
	return []format{{kind: Travel, mapped: true, rows: readTravel, columns: []column{
		{meaning: "from", names: []string{"origine", "procomorigine", "codiceorigine", "istatorigine", "from"}, head: "Origine"},
		{meaning: "to", names: []string{"destinazione", "procomdestinazione", "codicedestinazione", "istatdestinazione", "to"}, head: "Destinazione"},
		{meaning: "minutes", names: []string{"totalminu", "totalminutes", "minuti", "tempominuti", "tempo", "minutes"}, head: "Total_Minu"},
		{meaning: "metres", names: []string{"totalmete", "totalmeters", "metri", "lunghezzametri", "metres"}},
		{meaning: "km", names: []string{"km", "chilometri", "distanzakm", "lunghezzakm"}},
	}}}
}

// readTravel does not look for pairs that come twice when they are handed on one by one: a region may
// have three million of them.
func readTravel(s *sheet) func(*row) {
	each := s.o.Each
	s.summed = each != nil
	return func(r *row) {
		from, to := r.istat("from"), r.istat("to")
		if r.wrong {
			return
		}
		if from == to || s.o.Keep != nil && !s.o.Keep(from, to) {
			r.skipped = true
			return
		}
		t := Trip{From: from, To: to, Minutes: r.decimal("minutes")}
		switch {
		case r.text("km") != "":
			t.KM = r.decimal("km")
		case r.text("metres") != "":
			t.KM = r.decimal("metres") / metresPerKM
		}
		if each == nil {
			r.once("from", from+to)
		}
		switch {
		case r.wrong:
		case each != nil:
			s.err = each(t)
		default:
			s.file.Travels = append(s.file.Travels, t)
		}
	}
}
