package public

import (
	"slices"

	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

// topicCodes are the national domains (SE6) in the order in which people ask for them.
func topicCodes() []string {
	return []string{"S", "M", "D", "L", "A", "B", "C", "N", "O", "G", "J", "Q", "P", "H", "K", "E", "F", "I", "R"}
}

// homeTopics are those that the home page names.
func homeTopics() []string { return topicCodes()[:9] }

func topicOptions(p i18n.Printer, none string) []ui.Option {
	out := []ui.Option{{Value: "", Label: p.T(none)}}
	for _, code := range topicCodes() {
		out = append(out, ui.Option{Value: code, Label: topicName(p, code)})
	}
	return out
}

func topicName(p i18n.Printer, code string) string {
	if !slices.Contains(topicCodes(), code) {
		return ""
	}
	return p.T("public.topic." + code)
}

// bring returns what to have at hand for a topic: always a document, then what the topic asks for.
func bring(p i18n.Printer, topic string) []string {
	out := []string{p.T("public.bring.document"), p.T("public.bring.phone")}
	if key := "public.bring." + topic; topic != "" && p.Has(key) {
		out = append(out, p.T(key))
	}
	return out
}
