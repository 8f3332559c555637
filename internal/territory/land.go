package territory

// landOf names the land that a municipality stands on: no road leads from one to another. Sant'Antioco
// has a causeway, so that it is Sardinia; the lake of Iseo has none, so that Monte Isola is alone.
func landOf(m *Municipality) string {
	if island := islandOf(m.Belfiore); island != "" {
		return island
	}
	switch {
	case m.Belfiore == "B383" || m.Belfiore == "I294": // Calasetta, Sant'Antioco
		return regionSardinia
	case m.Island:
		return m.Belfiore // an island that the table does not know is alone
	case m.RegionCode == regionSicily || m.RegionCode == regionSardinia:
		return m.RegionCode
	}
	return ""
}

const (
	regionSicily   = "19"
	regionSardinia = "20"
)

// islandOf names the small island of a municipality, which is known before any file is imported; ceased
// ones are here too.
func islandOf(belfiore string) string {
	switch belfiore {
	case "B553", "B669", "E930", "E931", "E680", "G912", "M391", "H305", "H297":
		return "Elba"
	case "A617", "B924", "D702", "E329", "E396", "I652":
		return "Ischia"
	case "A268", "B696":
		return "Capri"
	case "E523", "E855", "I254":
		return "Salina"
	case "B685", "E348", "G871", "L742", "H072", "E363", "F532", "D518", "G315", "L519", "E431", "E606", "E425", "B789":
		return belfiore // the only one of its island
	}
	return ""
}

// OffRoad reports whether m stands on a small island that no road reaches.
func (m Municipality) OffRoad() bool {
	land := landOf(&m)
	return land != "" && land != regionSicily && land != regionSardinia
}
