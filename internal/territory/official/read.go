package official

import "io"

// Read reads one official file, or every table inside a zip, and finds out what each is.
// A file that cannot be used at all is refused with an error that says why; rows that cannot be
// trusted are left out and told in Problems.
func Read(name string, r io.Reader, o Options) ([]File, error) {
	return nil, ErrUnknown
}
