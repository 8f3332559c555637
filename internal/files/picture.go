package files

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"capillare/internal/errs"
)

const (
	// mostMemory bounds what a picture takes once decoded: a small file may unfold into gigabytes.
	mostMemory = 240 << 20
	// longestEdge is beyond any camera, and below what overflows.
	longestEdge = 30000
	quality     = 85
)

// readPicture decodes a picture within limits and writes it anew, upright and no larger than asked.
func readPicture(raw []byte, kind string, rules Rules) (Upload, error) {
	config, err := decodeConfig(raw, kind)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return Upload{}, ErrDamaged
	}
	if max(config.Width, config.Height) > longestEdge || config.Width*config.Height*depth(raw, kind, config.ColorModel) > mostMemory {
		return Upload{}, ErrPixels.With(errs.Args{"width": config.Width, "height": config.Height})
	}
	picture, err := decode(raw, kind)
	if err != nil {
		return Upload{}, ErrDamaged
	}
	turn := 1
	if kind == JPEG {
		turn = orientation(raw)
	}
	upright := turned(shrunk(picture, rules.MaxSide), turn)
	u := Upload{Kind: JPEG, Width: upright.Bounds().Dx(), Height: upright.Bounds().Dy()}
	var out bytes.Buffer
	if rules.Lossless && kind != JPEG || !upright.Opaque() {
		u.Kind = PNG
		err = png.Encode(&out, upright)
	} else {
		err = jpeg.Encode(&out, upright, &jpeg.Options{Quality: quality})
	}
	u.content = out.Bytes()
	return u, err
}

func decodeConfig(raw []byte, kind string) (image.Config, error) {
	switch kind {
	case JPEG:
		return jpeg.DecodeConfig(bytes.NewReader(raw))
	case PNG:
		return png.DecodeConfig(bytes.NewReader(raw))
	}
	return webp.DecodeConfig(bytes.NewReader(raw))
}

func decode(raw []byte, kind string) (image.Image, error) {
	switch kind {
	case JPEG:
		return jpeg.Decode(bytes.NewReader(raw))
	case PNG:
		return png.Decode(bytes.NewReader(raw))
	}
	return webp.Decode(bytes.NewReader(raw))
}

// depth is how many bytes a pixel takes while it is decoded, at most. All scans of a progressive JPEG are
// kept as numbers of four bytes for each colour until the last one.
func depth(raw []byte, kind string, m color.Model) int {
	switch {
	case kind == JPEG && progressive(raw):
		return 16
	case m == color.RGBA64Model, m == color.NRGBA64Model, m == color.Gray16Model:
		return 8
	}
	return 4
}

// shrunk draws a picture so that its longest side is at most side; smaller ones keep their size.
func shrunk(picture image.Image, side int) *image.NRGBA {
	from := picture.Bounds()
	w, h := from.Dx(), from.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == from.Dx() {
		draw.Draw(to, to.Bounds(), picture, from.Min, draw.Src)
		return to
	}
	draw.CatmullRom.Scale(to, to.Bounds(), picture, from, draw.Src, nil)
	return to
}

// turned puts a picture upright: turn is the orientation of EXIF, from 1 to 8.
func turned(picture *image.NRGBA, turn int) *image.NRGBA {
	if turn < 2 || turn > 8 {
		return picture
	}
	w, h := picture.Bounds().Dx(), picture.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fromX, fromY := source(turn, x, y, w, h)
			to.SetNRGBA(x, y, picture.NRGBAAt(fromX, fromY))
		}
	}
	return to
}

// source says which pixel of a picture of w by h stands at x, y once it is upright.
func source(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
