-- name: DeleteFreeSlots :exec
DELETE FROM agenda_slot
WHERE agenda_slot.facilitator_id = @gone AND NOT EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = agenda_slot.id);

-- name: DeleteTwins :exec
DELETE FROM agenda_slot
WHERE agenda_slot.facilitator_id = @kept AND agenda_slot.state = 'open' AND NOT EXISTS (SELECT 1 FROM agenda_booking b WHERE b.slot_id = agenda_slot.id)
  AND EXISTS (SELECT 1 FROM agenda_slot o WHERE o.facilitator_id = @gone AND o.state = 'open' AND o.starts_at = agenda_slot.starts_at);

-- name: WithdrawTwins :exec
UPDATE agenda_slot SET state = 'withdrawn', free = 0
WHERE agenda_slot.facilitator_id IN (@gone, @kept) AND agenda_slot.state = 'open' AND NOT EXISTS (SELECT 1 FROM agenda_cell c WHERE c.slot_id = agenda_slot.id)
  AND EXISTS (SELECT 1 FROM agenda_slot o WHERE o.facilitator_id IN (@gone, @kept) AND o.facilitator_id <> agenda_slot.facilitator_id
       AND o.state = 'open' AND o.starts_at = agenda_slot.starts_at);

-- name: FirstClash :many
SELECT s.id, s.starts_at FROM agenda_cell g
JOIN agenda_cell k ON k.cell = g.cell AND k.facilitator_id = @kept
JOIN agenda_slot s ON s.id = g.slot_id
WHERE g.facilitator_id = @gone ORDER BY g.cell LIMIT 1;

-- name: SlotsOfPerson :many
SELECT s.id FROM agenda_slot s WHERE s.facilitator_id = @facilitator_id ORDER BY s.id;

-- name: MoveSlots :many
UPDATE agenda_slot SET facilitator_id = @kept
WHERE agenda_slot.facilitator_id = @gone AND agenda_slot.id IN (SELECT value FROM json_each(CAST(@ids AS text)))
RETURNING id;

-- name: MoveCells :exec
UPDATE agenda_cell SET facilitator_id = @kept
WHERE agenda_cell.slot_id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: MoveBookings :exec
UPDATE agenda_booking SET facilitator_id = @kept
WHERE agenda_booking.slot_id IN (SELECT value FROM json_each(CAST(@ids AS text)));

-- name: BlockBusy :exec
UPDATE agenda_slot SET free = 0
WHERE agenda_slot.facilitator_id = @facilitator_id AND agenda_slot.state = 'open' AND agenda_slot.free > 0 AND agenda_slot.starts_at > @after AND EXISTS (
    SELECT 1 FROM agenda_slot o JOIN agenda_cell c ON c.slot_id = o.id
    WHERE o.facilitator_id = agenda_slot.facilitator_id AND o.day = agenda_slot.day AND o.id <> agenda_slot.id
      AND o.busy_from < agenda_slot.busy_to AND o.busy_to > agenda_slot.busy_from);

-- name: FreeIdle :exec
UPDATE agenda_slot SET free = seats
WHERE agenda_slot.facilitator_id = @facilitator_id AND agenda_slot.state = 'open' AND agenda_slot.free = 0 AND agenda_slot.starts_at > @after
  AND NOT EXISTS (SELECT 1 FROM agenda_cell m WHERE m.slot_id = agenda_slot.id)
  AND NOT EXISTS (
    SELECT 1 FROM agenda_slot o JOIN agenda_cell c ON c.slot_id = o.id
    WHERE o.facilitator_id = agenda_slot.facilitator_id AND o.day = agenda_slot.day AND o.id <> agenda_slot.id
      AND o.busy_from < agenda_slot.busy_to AND o.busy_to > agenda_slot.busy_from);

-- name: StrandedOf :many
SELECT sqlc.embed(b), s.address_id, s.kind_id, s.mode, c.name AS contact_name, c.phone AS contact_phone, c.email AS contact_email, c.on_behalf, c.relation
FROM agenda_booking b JOIN agenda_slot s ON s.id = b.slot_id LEFT JOIN agenda_contact c ON c.id = b.contact_id
WHERE b.facilitator_id = @facilitator_id AND b.day > @after AND b.state = 'confirmed' AND s.state = 'withdrawn'
ORDER BY b.starts_at, b.id;

-- name: CountToCome :many
SELECT b.point_id, count(*) AS n FROM agenda_booking b
WHERE b.facilitator_id = @facilitator_id AND b.day >= @from_day AND b.state = 'confirmed'
GROUP BY b.point_id ORDER BY b.point_id;
