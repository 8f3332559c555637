package opendata

import (
	"io"
	"slices"
	"strings"

	"capillare/internal/points"
	"capillare/internal/tabular"
)

// The columns of the French standard of places of digital mediation (LaMednum/standard-mediation-num on
// schema.data.gouv.fr), in their order. Its lists are separated by "|", its words are French.
var franceHeader = []string{
	"id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse", "latitude", "longitude",
	"typologie", "telephone", "courriels", "site_web", "horaires", "presentation_resume", "presentation_detail", "source",
	"itinerance", "structure_parente", "date_maj", "services", "publics_specifiquement_adresses", "prise_en_charge_specifique",
	"frais_a_charge", "dispositif_programmes_nationaux", "formations_labels", "autres_formations_labels", "modalites_acces",
	"modalites_accompagnement", "fiche_acces_libre", "prise_rdv",
}

func writeFrance(w io.Writer, places []place, about About) error {
	rows := make([][]string, len(places))
	for i, one := range places {
		cells := one.french(about)
		rows[i] = make([]string, len(franceHeader))
		for j, column := range franceHeader {
			rows[i][j] = cells[column]
		}
	}
	return tabular.WriteCSV(w, franceHeader, tabular.RowsOf(rows), tabular.CSVOptions{Separator: ',', Encoding: tabular.UTF8})
}

// french returns the cells that are known, by column. code_insee holds the ISTAT code of the
// municipality, which has six digits; pivot, a French register number, stays empty.
func (p place) french(about About) map[string]string {
	cells := map[string]string{
		"id": p.id(), "nom": p.PublicName, "commune": p.town.Name, "code_postal": p.CAP, "code_insee": p.town.ISTAT,
		"adresse": p.Street, "complement_adresse": p.Place, "latitude": p.lat(), "longitude": p.lon(),
		"telephone": p.Phone, "courriels": p.Email, "horaires": p.hours, "source": about.Network,
		"itinerance":        map[string]string{points.Fixed: "Fixe", points.Itinerant: "Itinérant"}[p.Kind],
		"structure_parente": p.body, "date_maj": about.Day.String(), "frais_a_charge": "Gratuit",
		"services": frenchWords(p.Services, frenchServices()), "modalites_acces": strings.Join(p.frenchAccess(), "|"),
		"prise_en_charge_specifique": frenchWords(slices.Concat(p.Languages, p.Accessibility), frenchCare()),
		"modalites_accompagnement":   frenchWords(p.Services, frenchHelp()),
	}
	if about.Site != "" {
		cells["site_web"] = about.Site + "/punti/" + p.Code
		if p.Booking != points.BookingNone {
			cells["prise_rdv"] = about.Site + "/prenota/" + p.Code
		}
	}
	return cells
}

// frenchAccess says how one gets help.
func (p place) frenchAccess() []string {
	var ways []string
	if p.Booking != points.BookingRequired {
		ways = append(ways, "Se présenter")
	}
	if p.Phone != "" {
		ways = append(ways, "Téléphoner")
	}
	if p.Email != "" {
		ways = append(ways, "Contacter par mail")
	}
	if p.Booking != points.BookingNone {
		ways = append(ways, "Prendre un RDV en ligne")
	}
	return ways
}

func frenchServices() map[string]string {
	return map[string]string{
		"facilitation": "Aide aux démarches administratives",
		"training":     "Maîtrise des outils numériques du quotidien",
		"workstations": "Accès internet et matériel informatique",
	}
}

func frenchHelp() map[string]string {
	return map[string]string{
		"facilitation": "Accompagnement individuel",
		"training":     "Dans un atelier : collectif",
		"workstations": "En autonomie",
		"online_help":  "À distance",
	}
}

// frenchCare turns languages; the standard has no word for most means of access.
func frenchCare() map[string]string {
	return map[string]string{"en": "Langues étrangères : anglais", "fr": "Langues étrangères : autre", "es": "Langues étrangères : autre",
		"ar": "Langues étrangères : autre", "de": "Langues étrangères : autre"}
}

// frenchWords joins the words of tags, each once.
func frenchWords(tags []string, words map[string]string) string {
	var found []string
	for _, tag := range tags {
		if word := words[tag]; word != "" && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	return strings.Join(found, "|")
}
