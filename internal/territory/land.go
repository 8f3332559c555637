package territory

// landOf names the land that a municipality stands on: no road leads from one to another. Sant'Antioco
// has a causeway, so that it is Sardinia; the lake of Iseo has none, so that Monte Isola is alone.
func landOf(m *Municipality) string {
	if island, ok := smallIslands[m.Belfiore]; ok {
		return island
	}
	switch {
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

// smallIslands are the municipalities on small islands, known before any file is imported; those of
// one island have one name. Ceased ones are here too.
var smallIslands = map[string]string{
	"B553": "Elba", "B669": "Elba", "E930": "Elba", "E931": "Elba", "E680": "Elba", "G912": "Elba", "M391": "Elba", "H305": "Elba", "H297": "Elba",
	"A268": "Capri", "B696": "Capri",
	"A617": "Ischia", "B924": "Ischia", "D702": "Ischia", "E329": "Ischia", "E396": "Ischia", "I652": "Ischia",
	"H072": "Procida", "B685": "Capraia", "E348": "Giglio", "G871": "Ponza", "L742": "Ventotene", "E363": "Tremiti", "F532": "Monte Isola",
	"D518": "Egadi", "G315": "Pantelleria", "L519": "Ustica", "E431": "Pelagie", "E606": "Lipari",
	"E523": "Salina", "E855": "Salina", "I254": "Salina",
	"E425": "La Maddalena", "B383": regionSardinia, "I294": regionSardinia, "B789": "San Pietro",
}

// OffRoad reports whether m stands on a small island that no road reaches.
func (m Municipality) OffRoad() bool {
	land := landOf(&m)
	return land != "" && land != regionSicily && land != regionSardinia
}
