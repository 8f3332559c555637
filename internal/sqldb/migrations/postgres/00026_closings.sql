-- +goose Up
-- agenda: a sudden closure of a day, and what became of each booking: nobody's name, no reason of who is away.
CREATE TABLE agenda_closing (
    id text PRIMARY KEY,
    day date NOT NULL,
    facilitator_id text REFERENCES facilitators_facilitator (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX agenda_closing_day ON agenda_closing (day);

CREATE TABLE agenda_closing_point (
    closing_id text NOT NULL REFERENCES agenda_closing (id),
    point_id text NOT NULL REFERENCES points_point (id),
    PRIMARY KEY (closing_id, point_id)
);
CREATE INDEX agenda_closing_point_point ON agenda_closing_point (point_id);

CREATE TABLE agenda_closing_booking (
    closing_id text NOT NULL REFERENCES agenda_closing (id),
    booking_id text NOT NULL REFERENCES agenda_booking (id),
    was_point_id text NOT NULL REFERENCES points_point (id),
    was_starts_at timestamptz NOT NULL,
    fate text NOT NULL,
    PRIMARY KEY (closing_id, booking_id),
    CONSTRAINT agenda_closing_booking_fate CHECK (fate IN ('reassigned', 'moved', 'cancelled_by_service'))
);
CREATE INDEX agenda_closing_booking_booking ON agenda_closing_booking (booking_id);

-- +goose Down
DROP TABLE agenda_closing_booking;
DROP TABLE agenda_closing_point;
DROP TABLE agenda_closing;
