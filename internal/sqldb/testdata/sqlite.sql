CREATE TABLE t_slot (
  id TEXT PRIMARY KEY,
  capacity INTEGER NOT NULL CONSTRAINT t_slot_capacity CHECK (capacity BETWEEN 1 AND 100),
  code TEXT UNIQUE,
  rev INTEGER NOT NULL DEFAULT 0
) STRICT;
-- next
CREATE TABLE t_booking (
  id TEXT PRIMARY KEY,
  slot_id TEXT NOT NULL REFERENCES t_slot (id),
  seat INTEGER NOT NULL,
  citizen TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active',
  created_at TEXT
) STRICT;
-- next
CREATE UNIQUE INDEX t_booking_seat ON t_booking (slot_id, seat) WHERE status = 'active';
-- next
CREATE UNIQUE INDEX t_booking_once ON t_booking (slot_id, citizen) WHERE status = 'active';
-- next
CREATE TABLE t_span (opens INTEGER NOT NULL, closes INTEGER NOT NULL) STRICT;
-- next
CREATE TRIGGER t_span_overlap BEFORE INSERT ON t_span
WHEN EXISTS (SELECT 1 FROM t_span s WHERE s.opens < NEW.closes AND NEW.opens < s.closes)
BEGIN
  SELECT RAISE(ABORT, 't_span_overlap');
END;
-- next
CREATE TABLE t_kinds (id TEXT PRIMARY KEY, at TEXT, opt TEXT, doc TEXT CHECK (json_valid(doc)), flag INTEGER CHECK (flag IN (0, 1)), day TEXT) STRICT;
-- next
CREATE TABLE t_bomb (id TEXT PRIMARY KEY) STRICT;
-- next
CREATE TRIGGER t_bomb_goes BEFORE INSERT ON t_bomb
BEGIN
  SELECT RAISE(ROLLBACK, 't_bomb');
END;
