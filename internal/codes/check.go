package codes

import (
	"strings"

	"capillare/internal/errs"
)

// Refusals of the other codes.
var (
	ErrCUP      = errs.New(errs.Invalid, "codes.cup")
	ErrCAP      = errs.New(errs.Invalid, "codes.cap")
	ErrIPA      = errs.New(errs.Invalid, "codes.ipa")
	ErrISTAT    = errs.New(errs.Invalid, "codes.istat")
	ErrBelfiore = errs.New(errs.Invalid, "codes.belfiore")
	ErrVATForm  = errs.New(errs.Invalid, "codes.vat_form")
	ErrVATCheck = errs.New(errs.Invalid, "codes.vat_check")
)

// CheckCUP returns a project code (it: codice unico di progetto) in capitals: a letter, two digits,
// a letter and eleven digits.
func CheckCUP(s string) (string, error) {
	s = compact(s)
	if !hasForm(s, "LDDLDDDDDDDDDDD") {
		return "", ErrCUP
	}
	return s, nil
}

// CheckCAP returns a postcode: five digits, from 00010 to 98168.
func CheckCAP(s string) (string, error) {
	s = compact(s)
	if !hasForm(s, "DDDDD") || s < "00010" || s > "98168" {
		return "", ErrCAP
	}
	return s, nil
}

// CheckIPA returns a code of the index of public bodies in lower case: "c_d403", "r_toscan".
func CheckIPA(s string) (string, error) {
	s = strings.ToLower(compact(s))
	if len(s) < 2 || len(s) > 20 {
		return "", ErrIPA
	}
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z') && !isDigit(c) && c != '_' && c != '-' {
			return "", ErrIPA
		}
	}
	return s, nil
}

// CheckISTAT returns the six digits of a municipality, zeros in front included. Five digits are
// refused, not filled: they may as well be a postcode.
func CheckISTAT(s string) (string, error) {
	s = compact(s)
	if !hasForm(s, "DDDDDD") || s[:3] == "000" || s[3:] == "000" {
		return "", ErrISTAT
	}
	return s, nil
}

// CheckBelfiore returns the code of a municipality ("D403") or a foreign state ("Z110") in capitals.
func CheckBelfiore(s string) (string, error) {
	s = compact(s)
	if !isBelfiore(s) {
		return "", ErrBelfiore
	}
	return s, nil
}

func isBelfiore(s string) bool {
	return hasForm(s, "LDDD") && (s[0] <= 'M' || s[0] == 'Z') && s[1:] != "000"
}

// CheckVAT returns the eleven digits of a partita IVA, or of the tax code of a body, without "IT".
func CheckVAT(s string) (string, error) {
	s = strings.TrimPrefix(compact(s), "IT")
	if !hasForm(s, "DDDDDDDDDDD") || s == strings.Repeat("0", len(s)) {
		return "", ErrVATForm
	}
	sum := 0
	for i := range len(s) {
		d := int(s[i] - '0')
		if i%2 == 1 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	if sum%10 != 0 {
		return "", ErrVATCheck
	}
	return s, nil
}

// hasForm reports whether s has a capital letter for each L of form and a digit for each D.
func hasForm(s, form string) bool {
	if len(s) != len(form) {
		return false
	}
	for i := range len(form) {
		if form[i] == 'L' && !isLetter(s[i]) || form[i] == 'D' && !isDigit(s[i]) {
			return false
		}
	}
	return true
}
