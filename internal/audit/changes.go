package audit

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Change is one field of a thing, before and after. From and To are empty when the values are not
// kept: of a person's data only the name of the field is.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// Changes is the Detail of an edit: what ChangesOf reads again for the history of a thing.
type Changes struct {
	Changes []Change `json:"changes"`
}

// Compare returns the exported fields of before and after, two structs of one type, that differ. The
// name of a field is its json tag, else its Go name; a field tagged audit:"-" is left out, and one
// tagged audit:"name" is named without its values (personal data).
func Compare[T any](before, after T) Changes {
	var all Changes
	was, is := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range was.NumField() {
		field := was.Type().Field(i)
		kept := field.Tag.Get("audit")
		if !field.IsExported() || kept == "-" || reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			continue
		}
		one := Change{Field: field.Name}
		if tag := field.Tag.Get("json"); tag != "" && tag != "-" {
			one.Field = tag
		}
		if kept != "name" {
			one.From, one.To = plain(was.Field(i)), plain(is.Field(i))
		}
		all.Changes = append(all.Changes, one)
	}
	return all
}

// plain is a value in the words of its own String, else as Go prints it.
func plain(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// Changes returns what the row says was changed; nothing when it speaks of something else.
func (r Row) Changes() []Change {
	var read Changes
	if json.Unmarshal(r.Detail, &read) != nil {
		return nil
	}
	return read.Changes
}
