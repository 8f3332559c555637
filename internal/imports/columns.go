package imports

import (
	"slices"

	"capillare/internal/tabular"
)

// The columns, as they are called in templates and messages.
const (
	colCode          = "codice"
	colTown          = "comune"
	colISTAT         = "istat"
	colProvince      = "provincia"
	colPlace         = "localita"
	colName          = "denominazione"
	colStreet        = "indirizzo"
	colCAP           = "cap"
	colManaging      = "gestore"
	colDelivering    = "realizzatore"
	colProject       = "progetto"
	colKind          = "tipo"
	colHours         = "orari"
	colHoursText     = "orari_testo"
	colWeekly        = "ore_settimana"
	colPhone         = "telefono"
	colEmail         = "email"
	colLat           = "lat"
	colLon           = "lon"
	colAccessibility = "accessibilita"
	colOpened        = "aperto_dal"
	colReference     = "riferimento"
	colSource        = "fonte"
	colState         = "stato"
	colStateFrom     = "stato_dal"

	colSurname   = "cognome"
	colGiven     = "nome"
	colTaxCode   = "codice_fiscale"
	colBody      = "ente"
	colPoints    = "punti"
	colLanguages = "lingue"
	colSkills    = "competenze"
	colContract  = "contratto"
	colFrom      = "dal"

	colShortName = "nome_breve"
	colIPA       = "codice_ipa"
	colPEC       = "pec"
	colRoles     = "ruoli"
	colRoleFrom  = "ruolo_dal"
	colRoleTo    = "ruolo_al"
	colEnded     = "cessato_dal"

	colPoint    = "punto"
	colWeekday  = "giorno"
	colStarts   = "dalle"
	colEnds     = "alle"
	colDuration = "durata_minuti"
	colSeats    = "posti"
	colTo       = "al"

	// colError is the column that a list of wrong rows adds; read again, it says nothing.
	colError = "errore"

	colTerritory    = "territorio"
	colProgramme    = "programma"
	colPointsTarget = "punti_target"
	colPeopleTarget = "cittadini_target"
	colServices     = "servizi_target"
	colStaffTarget  = "facilitatori_target"
	colAmount       = "importo_euro"
	colNotes        = "note"
	colKPI          = "kpi"
	colDue          = "scadenza"
	colValue        = "valore"
)

// The layouts of targets.
const (
	formRegions = "regions" // one row for each region, one column for each indicator
	formSingle  = "single"  // one row for each target
)

// form is one layout of a kind of file.
type form struct {
	name    string
	columns tabular.Columns
}

// begins reports whether a table has the first column of the form.
func (f form) begins(table *tabular.Table) bool {
	_, err := table.Match(tabular.Columns{f.columns[0]})
	return err == nil
}

func must(name string, aliases ...string) tabular.Column {
	return tabular.Column{Name: name, Aliases: aliases, Required: true}
}

func may(name string, aliases ...string) tabular.Column {
	return tabular.Column{Name: name, Aliases: aliases}
}

// formsOf returns the layouts of a kind, none for a kind that is not known.
func formsOf(kind string) []form {
	switch kind {
	case Points:
		return []form{{"", pointColumns()}}
	case Bodies:
		return []form{{"", bodyColumns()}}
	case Facilitators:
		return []form{{"", personColumns()}}
	case Duties:
		return []form{{"", dutyColumns()}}
	case Targets:
		return []form{{formRegions, regionColumns()}, {formSingle, targetColumns()}}
	}
	return nil
}

func pointColumns() tabular.Columns {
	return tabular.Columns{
		must(colCode, "id", "codice punto", "code"),
		must(colTown, "città", "nome comune"),
		may(colISTAT, "codice istat", "istat comune", "procom", "pro_com"),
		may(colProvince, "prov", "sigla", "sigla provincia"),
		may(colPlace, "frazione"),
		must(colName, "nome", "nome punto", "denominazione punto", "nome dello spazio"),
		may(colStreet, "via", "sede"),
		may(colCAP, "codice postale"),
		may(colManaging, "ente gestore", "ente"),
		may(colDelivering, "soggetto realizzatore", "ente realizzatore"),
		may(colProject, "codice progetto"),
		may(colKind, "tipologia"),
		may(colHours, "orario", "giorni e orari", "giorni e orari di apertura"),
		may(colHoursText, "orari a parole"),
		may(colWeekly, "ore settimanali", "ore a settimana"),
		may(colPhone, "tel", "recapito telefonico"),
		may(colEmail, "mail", "posta elettronica"),
		may(colLat, "latitudine", "latitude"),
		may(colLon, "longitudine", "longitude", "lng"),
		may(colAccessibility, "accessibile"),
		may(colOpened, "apertura", "data apertura", "avvio", "attivo dal"),
		may(colState),
		may(colStateFrom, "data stato"),
		may(colReference, "data fonte", "aggiornato a"),
		may(colSource, "fonti", "link"),
	}
}

func bodyColumns() tabular.Columns {
	return tabular.Columns{
		must(colName, "nome", "ente", "ragione sociale"),
		may(colShortName, "sigla ente", "abbreviazione"),
		may(colKind, "tipologia", "tipologia_ente", "tipo ente"),
		may(colIPA, "ipa", "cod_amm"),
		may(colTaxCode, "cf", "partita iva", "p_iva"),
		may(colTown, "sede", "sede_legale", "comune sede"),
		may(colISTAT, "codice istat"),
		may(colProvince, "prov", "sigla"),
		may(colEmail, "mail", "posta elettronica"),
		may(colPEC, "posta certificata"),
		may(colPhone, "tel"),
		may(colRoles, "ruolo"),
		may(colRoleFrom, "dal"),
		may(colRoleTo, "al"),
		may(colEnded, "cessato", "cessazione"),
	}
}

func dutyColumns() tabular.Columns {
	return tabular.Columns{
		may(colEmail, "mail", "facilitatore", "posta elettronica"),
		may(colTaxCode, "cf", "cod fiscale"),
		may(colSurname),
		may(colGiven),
		may(colBody, "ente di appartenenza"),
		must(colPoint, "codice punto", "codice"),
		may(colStreet, "via", "sede", "luogo"),
		must(colWeekday, "giorno della settimana"),
		must(colStarts, "ora inizio", "inizio"),
		must(colEnds, "ora fine", "fine"),
		may(colDuration, "durata", "minuti"),
		may(colKind, "tipologia", "modalita"),
		may(colSeats, "numero posti"),
		may(colFrom, "valido dal", "data inizio"),
		may(colTo, "valido al", "data fine"),
	}
}

func personColumns() tabular.Columns {
	return tabular.Columns{
		must(colSurname),
		must(colGiven),
		may(colTaxCode, "cf", "cod fiscale"),
		must(colBody, "ente di appartenenza", "gestore", "ente gestore"),
		may(colPoints, "punto", "codice punto", "codici punti"),
		may(colEmail, "mail", "posta elettronica"),
		may(colPhone, "tel", "cellulare"),
		may(colLanguages, "lingua"),
		may(colSkills, "competenza"),
		may(colContract, "tipo contratto", "rapporto", "rapporto di lavoro"),
		may(colFrom, "inizio", "data inizio", "in servizio dal"),
	}
}

func regionColumns() tabular.Columns {
	return tabular.Columns{
		must(colTerritory, "regione"),
		may(colProgramme, "codice programma"),
		may(colPointsTarget, "punti"),
		may(colPeopleTarget, "cittadini", "utenti unici"),
		may(colServices, "servizi"),
		may(colStaffTarget, "facilitatori"),
		may(colDue, "entro il", "data"),
		may(colAmount, "importo", "euro"),
		may(colNotes, "nota"),
	}
}

func targetColumns() tabular.Columns {
	return tabular.Columns{
		must(colProject, "codice progetto"),
		may(colProgramme, "codice programma"),
		must(colKPI, "indicatore", "obiettivo"),
		may(colDue, "entro il", "data"),
		must(colValue, "target", "valore obiettivo"),
	}
}

// Column is a column that a template has.
type Column struct {
	Name     string
	Required bool
}

// ColumnsOf returns the columns of the template of a kind; "imports.column." + kind + "." + name says
// what to write there.
func ColumnsOf(kind string) []Column {
	forms := formsOf(kind)
	if len(forms) == 0 {
		return nil
	}
	var list []Column
	for _, c := range forms[len(forms)-1].columns {
		// Only for figures of others, where our own templates have the hours or a note.
		if !slices.Contains([]string{colHoursText, colWeekly, colReference}, c.Name) {
			list = append(list, Column{Name: c.Name, Required: c.Required && !(kind == Targets && c.Name == colProject)})
		}
	}
	return list
}
