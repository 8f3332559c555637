package app

import (
	"context"

	"capillare/internal/orgs"
)

// seats says which of some bodies are municipalities, and which one each is. Package territory asks,
// and cannot ask orgs itself, which stands on it.
func seats(bodies *orgs.Service) func(context.Context, []string) (map[string]string, error) {
	return func(ctx context.Context, ids []string) (map[string]string, error) {
		found, err := bodies.ByIDs(ctx, ids)
		if err != nil {
			return nil, err
		}
		places := map[string]string{}
		for id, b := range found {
			if b.Kind == orgs.KindMunicipality && b.Belfiore != "" {
				places[id] = b.Belfiore
			}
		}
		return places, nil
	}
}
