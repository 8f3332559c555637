package files

import (
	"time"

	"capillare/internal/errs"
)

// Refusals.
var (
	ErrNoFile   = errs.New(errs.NotFound, "files.none")
	ErrEmpty    = errs.New(errs.Invalid, "files.empty")
	ErrTooLarge = errs.New(errs.Invalid, "files.too_large")
	ErrKind     = errs.New(errs.Invalid, "files.kind")
	ErrDamaged  = errs.New(errs.Invalid, "files.damaged")
	ErrPixels   = errs.New(errs.Invalid, "files.pixels")
)

// The kinds of file as they are kept. WebP is read and kept as one of the others.
const (
	JPEG = "jpeg"
	PNG  = "png"
	WebP = "webp"
	PDF  = "pdf"
)

// MaxSize is how large an upload may be, in bytes; a form that takes one allows a little more.
const MaxSize = 10 << 20

// File is what is known of a kept file, without its content.
type File struct {
	ID string
	// Name is that of the upload, cleaned, with the ending of its kind.
	Name, Kind string
	Size       int
	// Width and Height are those of a picture, in pixels.
	Width, Height int
	// Alt says what a picture shows, for who does not see it.
	Alt string
	// SHA256 is the hash of the content in hexadecimal.
	SHA256    string
	CreatedBy string
	CreatedAt time.Time
}

// Type is the media type under which a kind is sent.
func (f File) Type() string {
	if f.Kind == PDF {
		return "application/pdf"
	}
	return "image/" + f.Kind
}

// Picture reports whether the file is a picture.
func (f File) Picture() bool { return f.Kind != PDF }

// Rules say which uploads are taken.
type Rules struct {
	// Kinds are those allowed.
	Kinds []string
	// MaxSide is the longest side of a picture as kept, in pixels.
	MaxSide int
	// Lossless keeps drawings as PNG; without it an opaque picture becomes JPEG.
	Lossless bool
}

// Photo are the rules of a photograph.
func Photo() Rules { return Rules{Kinds: []string{JPEG, PNG, WebP}, MaxSide: 1600} }

// Emblem are the rules of a logo or an emblem.
func Emblem() Rules { return Rules{Kinds: []string{JPEG, PNG, WebP}, MaxSide: 600, Lossless: true} }

// Document are the rules of an act.
func Document() Rules { return Rules{Kinds: []string{PDF}} }

// Upload is a file that was looked into and can be stored. Alt may be set before that.
type Upload struct {
	Name, Kind, Alt string
	Width, Height   int
	content         []byte
}

// Size is how many bytes will be kept.
func (u Upload) Size() int { return len(u.content) }
