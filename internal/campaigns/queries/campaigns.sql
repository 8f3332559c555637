-- name: InsertCampaign :exec
INSERT INTO campaigns_campaign (id, code, name, name_en, body_id, kind_id, wanted, from_day, to_day, created_at)
VALUES (@id, @code, @name, @name_en, @body_id, @kind_id, @wanted, @from_day, @to_day, @created_at);

-- name: UpdateCampaign :execrows
UPDATE campaigns_campaign
SET name = @name, name_en = @name_en, wanted = @wanted, from_day = @from_day, to_day = @to_day, version = version + 1
WHERE id = @id AND version = @version AND ended_on IS NULL;

-- name: Touch :execrows
-- Whoever makes or ends times of a campaign takes its row first: rivals come one after the other.
UPDATE campaigns_campaign SET version = version + 1 WHERE id = @id AND version = @version AND ended_on IS NULL;

-- name: EndCampaign :exec
UPDATE campaigns_campaign SET ended_on = @ended_on WHERE id = @id;

-- name: CampaignByID :one
SELECT * FROM campaigns_campaign WHERE id = @id;

-- name: CampaignByCode :one
SELECT * FROM campaigns_campaign WHERE code = @code;

-- name: Campaigns :many
SELECT * FROM campaigns_campaign c ORDER BY c.from_day DESC, c.id;

-- name: InsertTurn :exec
INSERT INTO campaigns_turn (id, campaign_id, facilitator_id, point_id, address_id, place, street, cap, belfiore, weekdays, starts, ends, from_day, to_day)
VALUES (@id, @campaign_id, @facilitator_id, @point_id, @address_id, @place, @street, @cap, @belfiore, @weekdays, @starts, @ends, @from_day, @to_day);

-- name: DeleteTurn :execrows
DELETE FROM campaigns_turn WHERE id = @id AND campaign_id = @campaign_id AND state = 'planned';

-- name: TurnMade :exec
UPDATE campaigns_turn SET state = 'made', address_id = @address_id WHERE id = @id;

-- name: TurnEnded :exec
UPDATE campaigns_turn SET state = 'ended', to_day = @to_day WHERE id = @id;

-- name: TurnsOf :many
SELECT * FROM campaigns_turn t WHERE t.campaign_id IN (SELECT value FROM json_each(CAST(@ids AS text))) ORDER BY t.campaign_id, t.id;

-- name: MoveTurns :many
UPDATE campaigns_turn SET facilitator_id = @kept
WHERE campaigns_turn.facilitator_id = @gone AND (CAST(@every_turn AS boolean) OR campaigns_turn.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
RETURNING id;

-- name: MoveCampaigns :many
UPDATE campaigns_campaign SET body_id = @kept
WHERE campaigns_campaign.body_id = @gone AND (CAST(@every AS boolean) OR campaigns_campaign.id IN (SELECT value FROM json_each(CAST(@ids AS text))))
RETURNING id;

-- name: InsertDuty :exec
INSERT INTO campaigns_duty (turn_id, duty_id) VALUES (@turn_id, @duty_id);

-- name: ContinueDuty :exec
INSERT INTO campaigns_duty (turn_id, duty_id)
SELECT d.turn_id, CAST(@into_id AS text) FROM campaigns_duty d WHERE d.duty_id = @from_id
ON CONFLICT DO NOTHING;

-- name: DutiesOfTurn :many
SELECT d.duty_id FROM campaigns_duty d WHERE d.turn_id = @turn_id ORDER BY d.duty_id;

-- name: InsertOpening :exec
INSERT INTO campaigns_opening (campaign_id, address_id, day, point_id, hours_before, reason_before)
VALUES (@campaign_id, @address_id, @day, @point_id, @hours_before, @reason_before)
ON CONFLICT DO NOTHING;

-- name: OpeningsAfter :many
SELECT * FROM campaigns_opening o WHERE o.campaign_id = @campaign_id AND o.address_id = @address_id AND o.day > @after ORDER BY o.day;

-- name: DeleteOpening :exec
DELETE FROM campaigns_opening WHERE campaign_id = @campaign_id AND address_id = @address_id AND day = @day;
