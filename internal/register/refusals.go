package register

import "capillare/internal/errs"

// Refusals of the register.
var (
	// ErrKeyReused refuses a form sent again with other content after it was recorded.
	ErrKeyReused = errs.New(errs.Conflict, "register.key_reused")
	// ErrCancelled refuses to change a record that was cancelled.
	ErrCancelled = errs.New(errs.Conflict, "register.already_cancelled")
	// ErrChanged refuses to correct a record that somebody changed meanwhile.
	ErrChanged = errs.New(errs.Conflict, "register.changed_meanwhile")
	// ErrBookingRecorded refuses a second record for one booking.
	ErrBookingRecorded = errs.New(errs.Conflict, "register.booking_recorded")
	// ErrNotYours refuses a facilitator who writes for a colleague.
	ErrNotYours = errs.New(errs.Forbidden, "register.not_yours")
	// ErrNoSuchRecord answers for a record that is not there.
	ErrNoSuchRecord = errs.New(errs.NotFound, "register.no_such_record")
	// ErrReason refuses a cancellation without a reason.
	ErrReason = errs.New(errs.Invalid, "register.reason_needed")
	// ErrTooYoung refuses a person under 14.
	ErrTooYoung = errs.New(errs.Invalid, "register.too_young")
	// ErrProvisional refuses an 11-digit provisional code where a tax code is meant.
	ErrProvisional = errs.New(errs.Invalid, "register.provisional_code")
)

// Keys of problems at single fields.
const (
	keyRequired       = "register.required"
	keyChoose         = "register.choose"
	keyNoSuchCode     = "register.no_such_code"
	keyAddress        = "register.address_not_here"
	keyPointNotOpen   = "register.point_not_open"
	keyPointClosed    = "register.point_closed"
	keyNoProject      = "register.point_without_project"
	keyFacilitator    = "register.facilitator_not_here"
	keyMinutes        = "register.minutes"
	keyDetail         = "register.detail_long"
	keyAutonomy       = "register.autonomy"
	keyFuture         = "register.future"
	keyOutside        = "register.outside_project"
	keyNobody         = "register.nobody"
	keyCrowd          = "register.too_many"
	keyTwice          = "register.same_person_twice"
	keyTooYoung       = "register.too_young"
	keyMinor          = "register.minor_not_admitted"
	keyNotInRecord    = "register.not_in_record"
	keyDocumentNumber = "register.document_number"
	keyLong           = "register.text_long"
	keyBookingPoint   = "register.booking_elsewhere"
)
