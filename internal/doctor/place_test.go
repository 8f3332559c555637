package doctor

import "testing"

func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"/var/backups/a@b?c":                      "/var/backups/a@b?c",
		"https://host/bucket":                     "https://host/bucket",
		"s3://key:secret@host/bucket":             "s3://host/bucket",
		"https://key:se@cret@host:x/b?sig=secret": "https://host:x/b",
	} {
		if got := withoutKeys(place); got != want {
			t.Errorf("withoutKeys(%s) = %s, want %s", place, got, want)
		}
	}
}
