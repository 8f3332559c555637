-- +goose Up
-- agenda: bookable times, the five-minute cells that keep a person in one place, bookings and their contacts.
CREATE TABLE agenda_slot (
    id             text PRIMARY KEY,
    point_id       text NOT NULL REFERENCES points_point (id),
    address_id     text NOT NULL REFERENCES points_address (id),
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    kind           text NOT NULL,
    day            date NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    seats          integer NOT NULL,
    free           integer NOT NULL,
    state          text NOT NULL DEFAULT 'open',
    CONSTRAINT agenda_slot_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT agenda_slot_times CHECK (ends_at > starts_at),
    CONSTRAINT agenda_slot_free CHECK (free >= 0 AND free <= seats),
    CONSTRAINT agenda_slot_state CHECK (state IN ('open', 'withdrawn') AND (state = 'open' OR free = 0))
);
CREATE UNIQUE INDEX agenda_slot_facilitator ON agenda_slot (facilitator_id, starts_at) WHERE state = 'open';
CREATE INDEX agenda_slot_first_free ON agenda_slot (point_id, starts_at) WHERE free > 0;
CREATE INDEX agenda_slot_point ON agenda_slot (point_id, day);
CREATE INDEX agenda_slot_day ON agenda_slot (facilitator_id, day);

-- cell: five-minute number since 1970 (UTC epoch seconds / 300).
CREATE TABLE agenda_cell (
    facilitator_id text NOT NULL REFERENCES facilitators_facilitator (id),
    cell           bigint NOT NULL,
    slot_id        text NOT NULL REFERENCES agenda_slot (id),
    PRIMARY KEY (facilitator_id, cell)
);
CREATE INDEX agenda_cell_slot ON agenda_cell (slot_id);

-- The contact of a booking has a short life of its own: it is not the citizen of the register.
CREATE TABLE agenda_contact (
    id           text PRIMARY KEY,
    name         text NOT NULL,
    search       text NOT NULL DEFAULT '',
    phone        text NOT NULL DEFAULT '',
    email        text NOT NULL DEFAULT '',
    on_behalf    text NOT NULL DEFAULT '',
    delete_after date NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX agenda_contact_phone ON agenda_contact (phone);
CREATE INDEX agenda_contact_delete ON agenda_contact (delete_after);

CREATE TABLE agenda_booking (
    id              text PRIMARY KEY,
    code            text NOT NULL,
    secret_hash     text NOT NULL,
    idempotency_key text,
    slot_id         text NOT NULL REFERENCES agenda_slot (id),
    seat            integer NOT NULL,
    point_id        text NOT NULL REFERENCES points_point (id),
    facilitator_id  text NOT NULL REFERENCES facilitators_facilitator (id),
    kind            text NOT NULL,
    day             date NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    topic           text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '',
    needs           text NOT NULL DEFAULT '',
    language        text NOT NULL DEFAULT 'it',
    state           text NOT NULL,
    channel         text NOT NULL,
    contact_id      text REFERENCES agenda_contact (id),
    client_key      text NOT NULL DEFAULT '',
    held_until      timestamptz,
    held_since      timestamptz,
    notice_version  text NOT NULL DEFAULT '',
    cancelled_by    text NOT NULL DEFAULT '',
    created_by      text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT agenda_booking_state CHECK (state IN ('held', 'expired', 'confirmed', 'cancelled', 'attended', 'absent', 'served')),
    CONSTRAINT agenda_booking_channel CHECK (channel IN ('web', 'phone', 'mail', 'desk', 'municipality')),
    CONSTRAINT agenda_booking_cancelled CHECK (cancelled_by IN ('', 'citizen', 'service')),
    CONSTRAINT agenda_booking_held CHECK ((state = 'held') = (held_until IS NOT NULL)),
    CONSTRAINT agenda_booking_seat_number CHECK (seat >= 1)
);
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
