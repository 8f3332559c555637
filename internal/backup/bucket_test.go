package backup_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"capillare/internal/backup"
	"capillare/internal/config"
)

const accessKey = "chiave"

// s3 is a store of the S3 kind, as others run them, with faults that can be switched on.
type s3 struct {
	URL string
	// cut makes it hang up in the middle of what is sent.
	cut atomic.Bool
	// down makes it answer that it is not able to.
	down atomic.Bool
	// onPut is done before something is put; nil is nothing.
	onPut func()
	// kept counts the objects.
	kept func() int
}

func newS3(t *testing.T) *s3 {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("copie"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	s := &s3{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.Contains(r.Header.Get("Authorization"), "Credential="+accessKey+"/"):
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidAccessKeyId</Code><Message>no</Message></Error>`)
		case s.down.Load():
			w.WriteHeader(http.StatusNotImplemented)
		case s.cut.Load() && r.Method == http.MethodPut:
			_, _ = io.CopyN(io.Discard, r.Body, 512)
			panic(http.ErrAbortHandler)
		default:
			if s.onPut != nil && r.Method == http.MethodPut {
				s.onPut()
			}
			fake.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	s.kept = func() int {
		list, err := backend.ListBucket("copie", &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Contents)
	}
	return s
}

func (s *s3) options(bucket string) config.Backup {
	return config.Backup{To: s.URL + "/" + bucket, Access: accessKey, Secret: "segreto", KeepDaily: 2}
}

func TestStoresKeepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	remote := newS3(t)
	for name, o := range map[string]config.Backup{
		"folder": {To: t.TempDir() + "/altrove"}, "bucket": remote.options("copie"), "bucket with a prefix": remote.options("copie/rete"),
	} {
		t.Run(name, func(t *testing.T) {
			store, err := backup.OpenStore(o, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Probe(t.Context()); err != nil {
				t.Fatalf("Probe() = %v, want nil", err)
			}
			at := time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC)
			text := strings.Repeat("una copia ", 1000)
			if err := store.Put(t.Context(), backup.NameAt(at), strings.NewReader(text), int64(len(text))); err != nil {
				t.Fatalf("Put() = %v, want nil", err)
			}
			if err := store.Put(t.Context(), backup.NameAt(at.Add(time.Hour)), strings.NewReader("meno"), 400); err == nil {
				t.Error("Put() of less than was said = nil, want an error")
			}
			copies, err := store.List(t.Context())
			if err != nil || len(copies) != 1 || !copies[0].At.Equal(at) || copies[0].Bytes != int64(len(text)) {
				t.Fatalf("List() = %v %v, want the whole copy alone", copies, err)
			}
			in, err := backup.Fetch(t.Context(), store, backup.Newest, evening)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(in)
			if err = errors.Join(err, in.Close()); err != nil || !bytes.Equal(got, []byte(text)) {
				t.Errorf("Fetch(newest) gave %d bytes, %v, want what was put", len(got), err)
			}
			if _, err := backup.Fetch(t.Context(), store, "20200101T000000Z.capillare", evening); !errors.Is(err, backup.ErrNoCopy) {
				t.Errorf("Fetch() of what is not there = %v, want %v", err, backup.ErrNoCopy)
			}
			if err := store.Remove(t.Context(), backup.NameAt(at)); err != nil {
				t.Errorf("Remove() = %v, want nil", err)
			}
			if copies, err := store.List(t.Context()); err != nil || len(copies) != 0 {
				t.Errorf("List() after Remove() = %v %v, want none", copies, err)
			}
		})
	}
}

func TestFaultsOfABucketAreTold(t *testing.T) {
	t.Parallel()
	remote := newS3(t)
	wrong := remote.options("copie")
	wrong.Access = "altra"
	gone := remote.options("copie")
	gone.To = "http://127.0.0.1:1/copie"
	tests := []struct {
		name    string
		options config.Backup
		want    error
	}{
		{"wrong key", wrong, backup.ErrRefused},
		{"no such bucket", remote.options("nessuno"), backup.ErrNoBucket},
		{"nobody answers", gone, backup.ErrUnreachable},
	}
	for _, tt := range tests {
		store, err := backup.OpenStore(tt.options, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Put(t.Context(), "20200101T000000Z.capillare", strings.NewReader("x"), 1); !errors.Is(err, tt.want) {
			t.Errorf("%s: Put() = %v, want %v", tt.name, err, tt.want)
		}
	}
	for _, to := range []string{"https://host", "s3://chiave:segreto@host/copie", "https://chiave:segreto@host:porta/copie", "ftp://host/copie"} {
		_, err := backup.OpenStore(config.Backup{To: to}, t.TempDir())
		if !errors.Is(err, backup.ErrNoBucket) || strings.Contains(err.Error(), "segreto") {
			t.Errorf("OpenStore(%s) = %v, want %v, without secrets", to, err, backup.ErrNoBucket)
		}
	}
}

func TestAHalfUploadIsNoCopy(t *testing.T) {
	t.Parallel()
	remote := newS3(t)
	store, err := backup.OpenStore(remote.options("copie"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	remote.cut.Store(true)
	big := strings.NewReader(strings.Repeat("x", 1<<20))
	if err := store.Put(t.Context(), "20200101T000000Z.capillare", big, 1<<20); !errors.Is(err, backup.ErrUnreachable) {
		t.Errorf("Put() cut in the middle = %v, want %v", err, backup.ErrUnreachable)
	}
	remote.cut.Store(false)
	if n := remote.kept(); n != 0 {
		t.Errorf("%d objects after half an upload, want none", n)
	}
}
