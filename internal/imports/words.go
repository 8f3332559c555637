package imports

import (
	"capillare/internal/facilitators"
	"capillare/internal/funding"
	"capillare/internal/orgs"
	"capillare/internal/points"
)

// The words of files, folded. They are the language of the files, which stays Italian whatever the
// language of the page.

func kindWords() []word {
	return []word{
		{points.Fixed, []string{"fisso", "fissa", "sede fissa"}},
		{points.Itinerant, []string{"itinerante", "mobile", "itinere"}},
	}
}

func stateWords() []word {
	return []word{
		{points.StateAwarded, []string{"assegnato", "aggiudicato"}},
		{points.StateSettingUp, []string{"in allestimento", "allestimento", "in preparazione"}},
		{points.StateOpen, []string{"aperto", "attivo"}},
		{points.StateSuspended, []string{"sospeso"}},
		{points.StateClosed, []string{"chiuso", "cessato"}},
	}
}

func bodyKindWords() []word {
	return []word{
		{orgs.KindMunicipality, []string{"comune"}},
		{orgs.KindUnion, []string{"unione di comuni", "unione", "comunita montana"}},
		{orgs.KindProvince, []string{"provincia", "citta metropolitana"}},
		{orgs.KindRegion, []string{"regione"}},
		{orgs.KindThirdSector, []string{"terzo settore", "ets", "associazione", "cooperativa sociale"}},
		{orgs.KindCompany, []string{"impresa", "societa"}},
		{orgs.KindOther, []string{"altro", "altro ente"}},
	}
}

func roleWords() []word {
	return []word{
		{orgs.RoleImplementer, []string{"attuatore", "soggetto attuatore"}},
		{orgs.RoleSubImplementer, []string{"sub attuatore", "subattuatore", "soggetto sub attuatore", "gestore", "ente gestore"}},
		{orgs.RoleDeliveringPartner, []string{"realizzatore", "soggetto realizzatore", "ente realizzatore"}},
		{orgs.RoleHost, []string{"ospitante", "ospita", "sede ospitante"}},
	}
}

func dutyKindWords() []word {
	return []word{
		{facilitators.Individual, []string{"individuale", "singolo"}},
		{facilitators.Group, []string{"gruppo", "di gruppo", "corso", "aula"}},
	}
}

// weekdayWords give a weekday its number as tag; the first text is for people, the others are folded.
func weekdayWords() []word {
	return []word{
		{"1", []string{"lunedì", "lunedi", "lun"}}, {"2", []string{"martedì", "martedi", "mar"}},
		{"3", []string{"mercoledì", "mercoledi", "mer"}}, {"4", []string{"giovedì", "giovedi", "gio"}},
		{"5", []string{"venerdì", "venerdi", "ven"}}, {"6", []string{"sabato", "sab"}}, {"7", []string{"domenica", "dom"}},
	}
}

func accessibilityWords() []word {
	return []word{
		{"ramp", []string{"rampa", "senza gradini", "senza barriere", "ingresso senza gradini"}},
		{"lift", []string{"ascensore"}},
		{"toilet", []string{"bagno", "bagno accessibile", "bagno per disabili"}},
		{"hearing_loop", []string{"impianto a induzione", "induzione", "anello magnetico"}},
		{"parking", []string{"parcheggio", "parcheggio per disabili", "parcheggio disabili"}},
		{"bus", []string{"autobus", "fermata", "fermata autobus", "mezzi pubblici"}},
	}
}

func contractWords() []word {
	return []word{
		{facilitators.Employee, []string{"dipendente"}},
		{facilitators.Collaborator, []string{"collaboratore", "collaboratrice", "collaborazione"}},
		{facilitators.Volunteer, []string{"volontario", "volontaria", "servizio civile"}},
	}
}

func languageWords() []word {
	return []word{
		{"it", []string{"italiano"}}, {"lis", []string{"lis", "lingua dei segni", "lingua dei segni italiana"}},
		{"en", []string{"inglese"}}, {"fr", []string{"francese"}}, {"de", []string{"tedesco"}}, {"es", []string{"spagnolo"}},
		{"pt", []string{"portoghese"}}, {"ro", []string{"rumeno", "romeno"}}, {"sq", []string{"albanese"}}, {"ar", []string{"arabo"}},
		{"zh", []string{"cinese"}}, {"uk", []string{"ucraino"}}, {"ru", []string{"russo"}}, {"pl", []string{"polacco"}},
		{"bn", []string{"bengalese", "bangla"}}, {"ur", []string{"urdu"}}, {"hi", []string{"hindi"}},
	}
}

func kpiWords() []word {
	return []word{
		{funding.KPIPoints, []string{"punti", "n punti facilitazione", "punti di facilitazione"}},
		{funding.KPIUniqueCitizens, []string{"cittadini", "cittadini unici", "utenti unici", "n utenti unici"}},
		{funding.KPIServices, []string{"servizi", "n servizi"}},
		{funding.KPIFacilitators, []string{"facilitatori", "n facilitatori"}},
	}
}
