#!/usr/bin/env bash
# Long runs, not for CI: random histories with rivals, kills in the middle of writes. MINUTES says how long each test may last.
set -euo pipefail
cd "$(dirname "$0")/.."
export CAPILLARE_SOAK_MINUTES=${MINUTES:-30}
go run ./internal/sqldb/sqldbtest/pgserver go test -run 'Soak' -count=1 -timeout $((CAPILLARE_SOAK_MINUTES * 6 + 10))m -v ./internal/sqldb ./internal/agenda ./internal/register
