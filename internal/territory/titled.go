package territory

import (
	"strings"
	"unicode"
)

// smallWords stay small inside the name of a municipality.
const smallWords = " a ad ai al all alla alle allo con d da dal dalla de degli dei del dell della delle dello di e ed in la le lo nel nell nella nelle per su sul sull sulla sulle tra "

// titled writes a name of capital letters as names are written: "SANT'ANGELO LE FRATTE" is "Sant'Angelo
// le Fratte". A name that has small letters already is left alone.
func titled(name string) string {
	if strings.IndexFunc(name, unicode.IsLower) >= 0 {
		return name
	}
	var out, word strings.Builder
	flush := func() {
		if word.Len() == 0 {
			return
		}
		out.WriteString(titledWord(word.String(), out.Len() == 0))
		word.Reset()
	}
	for _, r := range name {
		if unicode.IsLetter(r) {
			word.WriteRune(r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

func titledWord(word string, first bool) string {
	small := strings.ToLower(word)
	if !first && strings.Contains(smallWords, " "+small+" ") {
		return small
	}
	letters := []rune(small)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}
