package imports

import (
	"capillare/internal/facilitators"
	"capillare/internal/funding"
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
