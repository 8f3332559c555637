package calendar_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

func TestEveryKeyHasWords(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, refusal := range []*errs.Refusal{
		calendar.ErrDay, calendar.ErrNoSuchDay, calendar.ErrMinute, calendar.ErrNoSuchTime,
		calendar.ErrBands, calendar.ErrBandReversed, calendar.ErrBandOverlap,
		calendar.ErrRecurrence, calendar.ErrNever, calendar.ErrEndless,
	} {
		keys = append(keys, refusal.Key)
	}
	for d := calendar.NewDay(2027, 1, 1); d.Year() == 2027; d = d.AddDays(1) {
		if key, ok := calendar.Holiday(d); ok {
			keys = append(keys, key)
		}
	}
	for w := calendar.Monday; w <= calendar.Sunday; w++ {
		keys = append(keys, fmt.Sprintf("calendar.weekday.%d", w), fmt.Sprintf("calendar.weekday_short.%d", w))
	}
	for m := 1; m <= 12; m++ {
		keys = append(keys, fmt.Sprintf("calendar.month.%d", m), fmt.Sprintf("calendar.month_short.%d", m))
	}
	for _, name := range []string{"calendar.it.json", "calendar.en.json"} {
		text, err := os.ReadFile(filepath.Join("..", "i18n", "catalogue", name))
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, key := range keys {
			if words[key] == "" {
				t.Errorf("%s has no words for %s", name, key)
			}
		}
		if len(words) != len(keys) {
			t.Errorf("%s has %d keys, want %d", name, len(words), len(keys))
		}
	}
}
