package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/sqldb/sqldbtest"
)

var red, blue = color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255}

// corner is a blue picture with a red corner at the top left.
func corner(w, h int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := blue
			if x < w/2 && y < h/2 {
				c = red
			}
			picture.SetNRGBA(x, y, c)
		}
	}
	return picture
}

func asJPEG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const secretPlace = "N 41 53 24 E 12 29 32"

// withEXIF puts a camera's notes into a JPEG: how it was held, and where.
func withEXIF(raw []byte, order binary.AppendByteOrder, turn int) []byte {
	tiff := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II*\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, tagOrientation)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, uint16(turn))
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, secretPlace...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := append([]byte{0xff, markerAPP1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(append([]byte{}, raw[:2]...), append(segment, body...)...), raw[2:]...)
}

func goodPDF() []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n")
}

// bomb is a PNG that says it is as large as asked, without its pixels.
func bomb(t testing.TB, w, h uint32) []byte {
	raw := asPNG(t, corner(2, 2))
	binary.BigEndian.PutUint32(raw[16:], w)
	binary.BigEndian.PutUint32(raw[20:], h)
	binary.BigEndian.PutUint32(raw[29:], crc(raw[12:29]))
	return raw
}

// unfolding is a JPEG that says it is as large as asked, to be decoded in several scans when progressive.
func unfolding(t testing.TB, w, h uint16, progressive bool) []byte {
	raw := asJPEG(t, corner(16, 16))
	at := bytes.Index(raw, []byte{0xff, 0xc0})
	if progressive {
		raw[at+1] = markerProgressive
	}
	binary.BigEndian.PutUint16(raw[at+5:], h)
	binary.BigEndian.PutUint16(raw[at+7:], w)
	return raw[:len(raw)-20]
}

func crc(b []byte) uint32 {
	sum := ^uint32(0)
	for _, one := range b {
		sum ^= uint32(one)
		for range 8 {
			sum = sum>>1 ^ 0xedb88320*(sum&1)
		}
	}
	return ^sum
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	photo := asJPEG(t, corner(40, 20))
	for _, tt := range []struct {
		name  string
		raw   []byte
		rules Rules
		want  error
	}{
		{"nothing", nil, Photo(), ErrEmpty},
		{"too many bytes", append(goodPDF(), make([]byte, MaxSize)...), Document(), ErrTooLarge},
		{"a page that claims to be a photograph", []byte("<html><script>alert(1)</script>"), Photo(), ErrKind},
		{"a drawing that can run", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), Emblem(), ErrKind},
		{"a photograph instead of an act", photo, Document(), ErrKind},
		{"an act instead of a photograph", goodPDF(), Photo(), ErrKind},
		{"a photograph cut short", photo[:len(photo)/2], Photo(), ErrDamaged},
		{"a beginning alone", []byte("\xff\xd8\xff\xe0"), Photo(), ErrDamaged},
		{"an act cut short", goodPDF()[:20], Document(), ErrDamaged},
		{"a bomb of pixels", bomb(t, 20000, 20000), Photo(), ErrPixels},
		{"a thread of pixels", bomb(t, 60000, 1), Photo(), ErrPixels},
		{"10,001 pixels square", bomb(t, 10001, 10001), Photo(), ErrPixels},
		{"a photograph that takes four times as much memory", unfolding(t, 5000, 5000, true), Photo(), ErrPixels},
		{"one as large that does not", unfolding(t, 5000, 5000, false), Photo(), ErrDamaged},
		{"webp of nothing", []byte("RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00"), Photo(), ErrDamaged},
	} {
		if _, err := Read("x.jpg", bytes.NewReader(tt.raw), tt.rules); !errors.Is(err, tt.want) {
			t.Errorf("%s: Read = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestReadMakesPicturesUpright(t *testing.T) {
	t.Parallel()
	plain := asJPEG(t, corner(40, 20))
	for turn, want := range map[int]struct {
		w, h int
		red  image.Point // a point inside the red corner
	}{
		1: {40, 20, image.Pt(5, 5)}, 2: {40, 20, image.Pt(35, 5)}, 3: {40, 20, image.Pt(35, 15)}, 4: {40, 20, image.Pt(5, 15)},
		5: {20, 40, image.Pt(5, 5)}, 6: {20, 40, image.Pt(15, 5)}, 7: {20, 40, image.Pt(15, 35)}, 8: {20, 40, image.Pt(5, 35)},
		9: {40, 20, image.Pt(5, 5)},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			u, err := Read("foto.jpg", bytes.NewReader(withEXIF(plain, order, turn)), Photo())
			if err != nil {
				t.Fatalf("Read(turn %d) = %v", turn, err)
			}
			got, err := jpeg.Decode(bytes.NewReader(u.content))
			if err != nil {
				t.Fatalf("Read(turn %d) kept no JPEG: %v", turn, err)
			}
			if u.Width != want.w || u.Height != want.h || got.Bounds().Dx() != want.w {
				t.Errorf("Read(turn %d) = %d by %d, want %d by %d", turn, u.Width, u.Height, want.w, want.h)
			}
			if r, _, b, _ := got.At(want.red.X, want.red.Y).RGBA(); r < b {
				t.Errorf("Read(turn %d): %v is not in the red corner", turn, want.red)
			}
			if bytes.Contains(u.content, []byte(secretPlace)) || bytes.Contains(u.content, []byte("Exif")) {
				t.Errorf("Read(turn %d) keeps what the camera wrote", turn)
			}
		}
	}
}

func TestReadKeeps(t *testing.T) {
	t.Parallel()
	glass := corner(900, 300)
	glass.SetNRGBA(0, 0, color.NRGBA{})
	for _, tt := range []struct {
		name  string
		raw   []byte
		rules Rules
		want  Upload
	}{
		{"a large photograph is made smaller", asJPEG(t, corner(3200, 800)), Photo(), Upload{Kind: JPEG, Width: 1600, Height: 400}},
		{"a small one keeps its size", asJPEG(t, corner(30, 50)), Photo(), Upload{Kind: JPEG, Width: 30, Height: 50}},
		{"a narrow one keeps a pixel", asPNG(t, corner(4000, 1)), Photo(), Upload{Kind: JPEG, Width: 1600, Height: 1}},
		{"an opaque PNG becomes a photograph", asPNG(t, corner(30, 50)), Photo(), Upload{Kind: JPEG, Width: 30, Height: 50}},
		{"a drawing stays sharp", asPNG(t, corner(900, 300)), Emblem(), Upload{Kind: PNG, Width: 600, Height: 200}},
		{"what shows through stays so", asPNG(t, glass), Photo(), Upload{Kind: PNG, Width: 900, Height: 300}},
		{"an act", goodPDF(), Document(), Upload{Kind: PDF}},
	} {
		u, err := Read("a.bin", bytes.NewReader(tt.raw), tt.rules)
		if err != nil {
			t.Errorf("%s: Read = %v", tt.name, err)
			continue
		}
		if got := (Upload{Kind: u.Kind, Width: u.Width, Height: u.Height}); !cmp.Equal(got, tt.want, cmp.AllowUnexported(Upload{})) {
			t.Errorf("%s: Read = %+v, want %+v", tt.name, got, tt.want)
		}
		if tt.want.Kind == PDF && !bytes.Equal(u.content, tt.raw) {
			t.Errorf("%s: Read changed a PDF", tt.name)
		}
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"atto.pdf": "atto.pdf", `C:\Documenti\Atto n. 3.PDF`: "Atto n. 3.pdf", "../../etc/passwd": "passwd.pdf",
		"": "file.pdf", "....": "file.pdf", "a\r\nSet-Cookie: x.pdf": "a__Set-Cookie_ x.pdf", `a"b.html`: "a_b.pdf",
		strings.Repeat("è", 100) + ".pdf": strings.Repeat("è", 60) + ".pdf",
	} {
		if got := cleanName(in, PDF); got != want {
			t.Errorf("cleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever is sent, Read answers: it never panics, and what it takes is within its limits.
func TestReadOfAnything(t *testing.T) {
	t.Parallel()
	seed := [][]byte{asJPEG(t, corner(40, 20)), asPNG(t, corner(40, 20)), goodPDF(), withEXIF(asJPEG(t, corner(8, 8)), binary.BigEndian, 6)}
	rapid.Check(t, func(t *rapid.T) {
		raw := bytes.Clone(rapid.SampledFrom(seed).Draw(t, "seed"))
		for range rapid.IntRange(1, 8).Draw(t, "faults") {
			raw[rapid.IntRange(4, len(raw)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		raw = raw[:rapid.IntRange(4, len(raw)).Draw(t, "length")]
		u, err := Read("x", bytes.NewReader(raw), Rules{Kinds: []string{JPEG, PNG, PDF}, MaxSide: 100})
		if err == nil && (max(u.Width, u.Height) > 100 || u.Size() == 0) {
			t.Fatalf("Read = %d by %d, %d bytes", u.Width, u.Height, u.Size())
		}
	})
}

func TestStore(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	sqldbtest.RunAt(t, now, func(t *testing.T, base *sqldb.DB, _ *sqldbtest.Clock) {
		s, who, ctx := New(base), identity.System("test"), context.Background()
		u, err := Read("sala.jpg", bytes.NewReader(asJPEG(t, corner(40, 20))), Photo())
		if err != nil {
			t.Fatal(err)
		}
		u.Alt = " La sala "
		var kept File
		if err := base.Update(ctx, func(tx *sqldb.Tx) error { kept, err = s.Store(ctx, tx, who, u); return err }); err != nil {
			t.Fatal(err)
		}
		got, content, err := s.Open(ctx, kept.ID)
		if err != nil || !cmp.Equal(got, kept) || !bytes.Equal(content, u.content) {
			t.Errorf("Open = %+v, %d bytes, %v, want %+v, %d bytes", got, len(content), err, kept, len(u.content))
		}
		if kept.Alt != "La sala" || kept.Name != "sala.jpg" || kept.Type() != "image/jpeg" || kept.Size != len(u.content) {
			t.Errorf("Store = %+v", kept)
		}
		remove := func() error {
			return base.Update(ctx, func(tx *sqldb.Tx) error { return s.Remove(ctx, tx, who, kept.ID) })
		}
		if err := remove(); err != nil {
			t.Errorf("Remove = %v", err)
		}
		if err := remove(); !errors.Is(err, ErrNoFile) {
			t.Errorf("Remove again = %v, want %v", err, ErrNoFile)
		}
		if _, _, err := s.Open(ctx, kept.ID); !errors.Is(err, ErrNoFile) {
			t.Errorf("Open after Remove = %v, want %v", err, ErrNoFile)
		}
		empty := base.Update(ctx, func(tx *sqldb.Tx) error { _, err := s.Store(ctx, tx, who, Upload{Kind: JPEG}); return err })
		if !errors.Is(empty, ErrEmpty) {
			t.Errorf("Store(nothing) = %v, want %v", empty, ErrEmpty)
		}
	})
}
