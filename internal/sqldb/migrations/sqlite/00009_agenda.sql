-- +goose Up
-- agenda: bookable times, the five-minute cells that keep a person in one place, bookings and their contacts.
CREATE TABLE agenda_slot (
    id TEXT NOT NULL PRIMARY KEY,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    address_id TEXT NOT NULL REFERENCES points_address (id),
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL CHECK (day = date(day)),
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 27),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 27),
    seats INTEGER NOT NULL,
    free INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    CONSTRAINT agenda_slot_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT agenda_slot_times CHECK (ends_at > starts_at),
    CONSTRAINT agenda_slot_free CHECK (free >= 0 AND free <= seats),
    CONSTRAINT agenda_slot_state CHECK (state IN ('open', 'withdrawn') AND (state = 'open' OR free = 0))
) STRICT;
CREATE UNIQUE INDEX agenda_slot_facilitator ON agenda_slot (facilitator_id, starts_at) WHERE state = 'open';
CREATE INDEX agenda_slot_first_free ON agenda_slot (point_id, starts_at) WHERE free > 0;
CREATE INDEX agenda_slot_point ON agenda_slot (point_id, day);
CREATE INDEX agenda_slot_day ON agenda_slot (facilitator_id, day);

-- cell: five-minute number since 1970 (UTC epoch seconds / 300).
CREATE TABLE agenda_cell (
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    cell INTEGER NOT NULL,
    slot_id TEXT NOT NULL REFERENCES agenda_slot (id),
    PRIMARY KEY (facilitator_id, cell)
) STRICT;
CREATE INDEX agenda_cell_slot ON agenda_cell (slot_id);

-- The contact of a booking has a short life of its own: it is not the citizen of the register.
CREATE TABLE agenda_contact (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    search TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    on_behalf TEXT NOT NULL DEFAULT '',
    delete_after TEXT NOT NULL CHECK (delete_after = date(delete_after)),
    created_at TEXT NOT NULL CHECK (length(created_at) = 27)
) STRICT;
CREATE INDEX agenda_contact_phone ON agenda_contact (phone);
CREATE INDEX agenda_contact_delete ON agenda_contact (delete_after);

CREATE TABLE agenda_booking (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    idempotency_key TEXT,
    slot_id TEXT NOT NULL REFERENCES agenda_slot (id),
    seat INTEGER NOT NULL,
    point_id TEXT NOT NULL REFERENCES points_point (id),
    facilitator_id TEXT NOT NULL REFERENCES facilitators_facilitator (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL CHECK (day = date(day)),
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 27),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 27),
    topic TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    needs TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'it',
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    contact_id TEXT REFERENCES agenda_contact (id),
    client_key TEXT NOT NULL DEFAULT '',
    held_until TEXT CHECK (length(held_until) = 27),
    held_since TEXT CHECK (length(held_since) = 27),
    notice_version TEXT NOT NULL DEFAULT '',
    cancelled_by TEXT NOT NULL DEFAULT '',
    created_by TEXT,
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    updated_at TEXT NOT NULL CHECK (length(updated_at) = 27),
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT agenda_booking_state CHECK (state IN ('held', 'expired', 'confirmed', 'cancelled', 'attended', 'absent', 'served')),
    CONSTRAINT agenda_booking_channel CHECK (channel IN ('web', 'phone', 'mail', 'desk', 'municipality')),
    CONSTRAINT agenda_booking_cancelled CHECK (cancelled_by IN ('', 'citizen', 'service')),
    CONSTRAINT agenda_booking_held CHECK ((state = 'held') = (held_until IS NOT NULL)),
    CONSTRAINT agenda_booking_seat_number CHECK (seat >= 1)
) STRICT;
CREATE UNIQUE INDEX agenda_booking_code ON agenda_booking (code);
CREATE UNIQUE INDEX agenda_booking_secret ON agenda_booking (secret_hash);
CREATE UNIQUE INDEX agenda_booking_idempotency ON agenda_booking (idempotency_key);
CREATE UNIQUE INDEX agenda_booking_seat ON agenda_booking (slot_id, seat) WHERE state IN ('held', 'confirmed', 'attended', 'absent', 'served');
CREATE INDEX agenda_booking_slot ON agenda_booking (slot_id);
CREATE INDEX agenda_booking_day ON agenda_booking (facilitator_id, day);
CREATE INDEX agenda_booking_point ON agenda_booking (point_id, day);
CREATE INDEX agenda_booking_held ON agenda_booking (held_until) WHERE state = 'held';
CREATE INDEX agenda_booking_expired ON agenda_booking (updated_at) WHERE state = 'expired';
CREATE INDEX agenda_booking_contact ON agenda_booking (contact_id);
CREATE INDEX agenda_booking_client ON agenda_booking (client_key) WHERE state = 'held';

-- +goose Down
DROP TABLE agenda_booking;
DROP TABLE agenda_contact;
DROP TABLE agenda_cell;
DROP TABLE agenda_slot;
