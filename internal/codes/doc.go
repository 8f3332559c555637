// Package codes reads, checks and shows the codes of Italian public life (it: i codici): codice
// fiscale, partita IVA, CUP, CAP, IPA, ISTAT and Belfiore codes, and our own booking codes.
//
// Its rules: what a person typed is normalised first (spaces, case), then refused or returned in its
// one written form; a refusal carries a message key and never what was typed, because errors reach
// logs and a tax code may not; a homocody (it: omocodia) is a good tax code.
//
// It knows no lists: whether a municipality or a body with that code exists is asked elsewhere.
package codes
