package public

import (
	"net/url"
	"slices"
	"strings"

	"capillare/internal/agenda"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

const (
	longestReason = 200
	longestOther  = 120
	longestName   = 120
	longestPhone  = 30
	longestEmail  = 254
)

// needTags are the needs that can be ticked.
func needTags() []string {
	return []string{"hearing", "sign", "sight", "wheelchair", "reading", "language"}
}

// needWords are the needs as the facilitator reads them: in Italian, whatever the language of the page.
func needWords(tag string) string {
	return i18n.Default().Printer(i18n.Italian).T("public.need." + tag)
}

const needSeparator = "; "

// joinNeeds makes one text of the needs ticked and of what was added by hand.
func joinNeeds(tags []string, other string) string {
	var parts []string
	for _, tag := range needTags() {
		if slices.Contains(tags, tag) {
			parts = append(parts, needWords(tag))
		}
	}
	if other != "" {
		parts = append(parts, other)
	}
	return strings.Join(parts, needSeparator)
}

// splitNeeds undoes joinNeeds.
func splitNeeds(text string) (tags []string, other string) {
	var rest []string
	for part := range strings.SplitSeq(text, needSeparator) {
		i := slices.IndexFunc(needTags(), func(tag string) bool { return needWords(tag) == part })
		if i >= 0 {
			tags = append(tags, needTags()[i])
		} else if part != "" {
			rest = append(rest, part)
		}
	}
	return tags, strings.Join(rest, needSeparator)
}

// needsShown are the needs in the language of the page.
func needsShown(p i18n.Printer, text string) string {
	tags, other := splitNeeds(text)
	var parts []string
	for _, tag := range tags {
		parts = append(parts, p.T("public.need."+tag))
	}
	if other != "" {
		parts = append(parts, other)
	}
	return strings.Join(parts, needSeparator)
}

func detailValues(d agenda.Details) url.Values {
	tags, other := splitNeeds(d.Needs)
	return url.Values{"topic": {d.Topic}, "reason": {d.Reason}, "needs": tags, "needs_other": {other}}
}

func readDetails(f *ui.Form, d *agenda.Details) {
	d.Topic = f.Choice("topic", topicCodes()...)
	// A browser sends a line end of a text area as two characters and counts it as one.
	f.Values.Set("reason", strings.ReplaceAll(f.Values.Get("reason"), "\r\n", "\n"))
	d.Reason = f.Short("reason", longestReason)
	d.Needs = joinNeeds(f.Texts("needs"), f.Short("needs_other", longestOther))
}

func contactValues(d agenda.Details) url.Values {
	return url.Values{"name": {d.Contact.Name}, "phone": {d.Contact.Phone}, "email": {d.Contact.Email},
		"on_behalf": {d.Contact.OnBehalf}, "relation": {d.Contact.Relation}}
}

func readContact(f *ui.Form, d *agenda.Details) {
	d.Contact.Name = f.Need("name", longestName)
	d.Contact.Phone = f.Short("phone", longestPhone)
	d.Contact.Email = f.Short("email", longestEmail)
	if d.Contact.Phone == "" && d.Contact.Email == "" {
		f.Problems.Add("phone", "booking.reach_needed")
	}
	d.Contact.OnBehalf = f.Short("on_behalf", longestName)
	if d.Contact.Relation = f.Text("relation"); d.Contact.Relation != "" && d.Contact.OnBehalf == "" {
		f.Problems.Add("on_behalf", "booking.on_behalf_needed")
	}
}
