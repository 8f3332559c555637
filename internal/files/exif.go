package files

import (
	"bytes"
	"encoding/binary"
)

// Where a JPEG keeps the way its camera was held: EXIF 2.3, tag 0x0112 of the first directory.
const (
	markerAPP1     = 0xe1
	markerScan     = 0xda
	tagOrientation = 0x0112
	entrySize      = 12
)

// orientation returns how a JPEG is to be turned, from 1 to 8; 1 when it does not say.
func orientation(raw []byte) int {
	for rest := raw[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != markerScan; {
		size := int(binary.BigEndian.Uint16(rest[2:])) + 2
		if size > len(rest) || size < 4 {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(rest[4:size], []byte("Exif\x00\x00")); ok && rest[1] == markerAPP1 {
			return tiffOrientation(tiff)
		}
		rest = rest[size:]
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
