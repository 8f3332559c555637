package desk

import (
	"slices"
	"strconv"

	"capillare/internal/i18n"
	"capillare/internal/register"
	"capillare/internal/register/codelist"
	"capillare/internal/web/ui"
)

// domainOptions are the public services, the help that concerns none of them first.
func domainOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Value: otherTopic, Label: topicName(p, otherTopic)}}
	for _, c := range codelist.Domains.Codes() {
		if c.Value != otherTopic {
			out = append(out, ui.Option{Value: c.Value, Label: p.T(c.Key)})
		}
	}
	return out
}

func outcomeOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, o := range register.Outcomes() {
		out = append(out, ui.Option{Value: string(o), Label: p.T("register.outcome." + string(o))})
	}
	return out
}

func autonomyOptions(p i18n.Printer) []ui.Option {
	out := []ui.Option{{Label: p.T("desk.not_said")}}
	for n := range register.MaxAutonomy + 1 {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: p.T("register.autonomy." + strconv.Itoa(n))})
	}
	return out
}

// skillID is the id of the box of a skill: the first has that of the field, where errors lead.
func skillID(value string) string {
	if value == "1" {
		return ui.FieldID("skills")
	}
	return ui.FieldID("skills") + "-" + value
}

func chosen(f *ui.Form, name, value string) bool { return slices.Contains(f.Texts(name), value) }

// domainsText names the public services of a record.
func domainsText(p i18n.Printer, rec register.Record) string {
	var parts []string
	for _, code := range rec.Domains {
		if code == otherTopic {
			parts = append(parts, topicName(p, code))
		} else {
			parts = append(parts, p.T(codelist.Domains.Key(code)+".short"))
		}
	}
	return join(parts...)
}
