// Package sealed keeps what must not be readable in a stolen database or backup (it: i dati cifrati):
// it turns tax codes into keyed numbers to look them up by, and seals texts with AES-256-GCM.
//
// Its rules: the keys stand in one file beside the database, never in it, readable by the owner alone
// (mode 0600), made at the first start and refused when others may read it; a sealed text names the
// key that sealed it, so that keys can be renewed while old texts stay readable; each purpose has a
// key of its own, so that a text sealed for one cannot be opened as another.
//
// Whoever loses the file loses the sealed texts for ever: it is kept apart from the backups, twice.
//
// It does not decide who may open what (package identity does) and it never logs what it handles.
package sealed
