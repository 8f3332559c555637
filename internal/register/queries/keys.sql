-- name: SealedSample :one
SELECT c.id, c.tax_code_cipher FROM register_citizen c WHERE c.tax_code_cipher IS NOT NULL ORDER BY c.id DESC LIMIT 1;
