package imports

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"capillare/internal/calendar"
	"capillare/internal/errs"
)

// storedProblem is a RowProblem as it waits in a batch: each argument keeps its type, because days and
// weekdays are written in the language of the reader.
type storedProblem struct {
	Row    int               `json:"row"`
	Field  string            `json:"field,omitempty"`
	Column string            `json:"column,omitempty"`
	Value  string            `json:"value,omitempty"`
	Key    string            `json:"key"`
	Args   map[string]string `json:"args,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (p RowProblem) MarshalJSON() ([]byte, error) {
	stored := storedProblem{Row: p.Row, Field: p.Field, Column: p.Column, Value: p.Value, Key: p.Key}
	if len(p.Args) > 0 {
		stored.Args = make(map[string]string, len(p.Args))
		for name, v := range p.Args {
			stored.Args[name] = argText(v)
		}
	}
	return json.Marshal(stored)
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *RowProblem) UnmarshalJSON(data []byte) error {
	var stored storedProblem
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	*p = RowProblem{Row: stored.Row, Field: stored.Field, Column: stored.Column, Value: stored.Value, Key: stored.Key}
	if len(stored.Args) > 0 {
		p.Args = make(errs.Args, len(stored.Args))
	}
	for name, text := range stored.Args {
		v, err := argValue(text)
		if err != nil {
			return fmt.Errorf("argument %s: %w", name, err)
		}
		p.Args[name] = v
	}
	return nil
}

func argText(v any) string {
	switch v := v.(type) {
	case int:
		return "int:" + strconv.Itoa(v)
	case calendar.Weekday:
		return "weekday:" + strconv.Itoa(int(v))
	case calendar.Day:
		return "day:" + v.String()
	}
	return "text:" + fmt.Sprint(v)
}

func argValue(text string) (any, error) {
	kind, value, _ := strings.Cut(text, ":")
	switch kind {
	case "int":
		return strconv.Atoi(value)
	case "weekday":
		n, err := strconv.Atoi(value)
		return calendar.Weekday(n), err
	case "day":
		return calendar.ParseDay(value)
	}
	return value, nil
}
