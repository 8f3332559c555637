CREATE TABLE t_slot (
  id text PRIMARY KEY,
  capacity integer NOT NULL CONSTRAINT t_slot_capacity CHECK (capacity BETWEEN 1 AND 100),
  code text UNIQUE,
  rev integer NOT NULL DEFAULT 0
);
-- next
CREATE TABLE t_booking (
  id text PRIMARY KEY,
  slot_id text NOT NULL REFERENCES t_slot (id),
  seat integer NOT NULL,
  citizen text NOT NULL,
  status text NOT NULL DEFAULT 'active',
  created_at timestamptz
);
-- next
CREATE UNIQUE INDEX t_booking_seat ON t_booking (slot_id, seat) WHERE status = 'active';
-- next
CREATE UNIQUE INDEX t_booking_once ON t_booking (slot_id, citizen) WHERE status = 'active';
-- next
CREATE TABLE t_span (opens integer NOT NULL, closes integer NOT NULL,
  CONSTRAINT t_span_overlap EXCLUDE USING gist (int4range(opens, closes) WITH &&));
-- next
CREATE TABLE t_kinds (id text PRIMARY KEY, at timestamptz, opt text, doc jsonb, flag boolean, day date);
-- next
GRANT ALL ON t_slot, t_booking, t_span, t_kinds TO capillare_app;
