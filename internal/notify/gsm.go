package notify

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// oneSMS is how many characters of the alphabet of GSM 03.38 fit into one message.
const oneSMS = 160

// The alphabet, and the characters that count as two.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€"
)

// plainer are signs of print with a plain one that says the same.
var plainer = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "«", `"`, "»", `"`, "–", "-", "—", "-", "…", "...", "·", "-", "\u00a0", " ", "\t", " ")

// gsm returns text in the alphabet of SMS: letters that it lacks lose their accents, other signs are left
// out. One character outside would make three messages of one.
func gsm(text string) string {
	var b strings.Builder
	for _, r := range plainer.Replace(norm.NFC.String(text)) {
		if inGSM(r) {
			b.WriteRune(r)
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			if inGSM(part) {
				b.WriteRune(part)
			}
		}
	}
	return b.String()
}

func inGSM(r rune) bool {
	return strings.ContainsRune(gsmBasic, r) || strings.ContainsRune(gsmExtended, r)
}

// septets returns how long text is as an SMS.
func septets(text string) int {
	n := 0
	for _, r := range text {
		n++
		if strings.ContainsRune(gsmExtended, r) {
			n++
		}
	}
	return n
}

// fitting returns the first of some texts, the fullest first, that fits into one SMS; the last one when
// none does.
func fitting(texts ...string) string {
	for _, text := range texts {
		if text = gsm(text); septets(text) <= oneSMS {
			return text
		}
	}
	return gsm(texts[len(texts)-1])
}
