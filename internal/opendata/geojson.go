package opendata

import (
	"encoding/json"
	"io"
)

// feature is one address of a point as RFC 7946 has it: coordinates are longitude, latitude.
type feature struct {
	Type       string    `json:"type"`
	ID         string    `json:"id"`
	Geometry   *geometry `json:"geometry"`
	Properties spot      `json:"properties"`
}

type geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

// writeGeoJSON writes a FeatureCollection; an address without coordinates has a null geometry.
func writeGeoJSON(w io.Writer, places []place, about About) error {
	all := collection{Type: "FeatureCollection", Features: make([]feature, len(places))}
	for i, one := range places {
		all.Features[i] = feature{Type: "Feature", ID: one.id(), Properties: one.spot(about)}
		if one.HasAt {
			all.Features[i].Geometry = &geometry{Type: "Point", Coordinates: [2]float64{rounded(one.At.Lon), rounded(one.At.Lat)}}
		}
	}
	return encode(w, all)
}

func encode(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}
