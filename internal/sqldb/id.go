package sqldb

import (
	"time"

	"github.com/google/uuid"
)

// NewID returns a new UUIDv7 as text. Identifiers made at later instants, to a quarter of a
// microsecond, sort later; those of one instant are in no order. Give it Tx.Now.
func NewID(now time.Time) string {
	id := uuid.New()
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	// RFC 9562, method 3: the part below the millisecond fills the twelve bits after the version.
	sub := uint64(now.Nanosecond()%int(time.Millisecond)) * 4096 / uint64(time.Millisecond)
	id[6] = 0x70 | byte(sub>>8)
	id[7] = byte(sub)
	return id.String()
}
