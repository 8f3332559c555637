package files

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Where a JPEG keeps the way its camera was held: EXIF 2.3, tag 0x0112 of the first directory.
const (
	markerAPP1 = 0xe1
	markerScan = 0xda
	// markerProgressive begins a picture of several scans, all of which a decoder keeps until the last.
	markerProgressive = 0xc2
	tagOrientation    = 0x0112
	entrySize         = 12
)

// segments gives the marker and the body of each part of a JPEG before its picture.
func segments(raw []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for rest := raw[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != markerScan; {
			size := int(binary.BigEndian.Uint16(rest[2:])) + 2
			if size > len(rest) || size < 4 || !yield(rest[1], rest[4:size]) {
				return
			}
			rest = rest[size:]
		}
	}
}

// progressive reports whether a JPEG comes in several scans.
func progressive(raw []byte) bool {
	for marker := range segments(raw) {
		if marker == markerProgressive {
			return true
		}
	}
	return false
}

// orientation returns how a JPEG is to be turned, from 1 to 8; 1 when it does not say.
func orientation(raw []byte) int {
	for marker, body := range segments(raw) {
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == markerAPP1 {
			return tiffOrientation(tiff)
		}
	}
	return 1
}

func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 1
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return 1
	}
	directory := tiff[start:]
	entries := int(order.Uint16(directory))
	for i := range entries {
		at := 2 + i*entrySize
		if at+entrySize > len(directory) {
			break
		}
		if entry := directory[at:]; order.Uint16(entry) == tagOrientation {
			if turn := int(order.Uint16(entry[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
		}
	}
	return 1
}
