#!/usr/bin/env bash
# Long runs, not for CI: the same tests with far more rounds. KILLS of the writer in the middle of commits,
# random HISTORIES of the agenda with every invariant looked at after each step, random SEEDS of the register
# counted again by brute force; ROUNDS of sixteen clients for one time and DEEDS of clients whose answers must
# have an order, through the pages; UPGRADES and MOVES that are killed. Every failure prints how to play it again.
set -euo pipefail
cd "$(dirname "$0")/.."
kills=${KILLS:-1000} histories=${HISTORIES:-20000} seeds=${SEEDS:-500} rounds=${ROUNDS:-200} deeds=${DEEDS:-1000000} upgrades=${UPGRADES:-20} moves=${MOVES:-20}
run() { echo "== $1"; shift; go run ./internal/sqldb/sqldbtest/pgserver go test -count=1 -timeout 24h "$@"; }

CAPILLARE_SOAK_KILLS=$kills run "$kills kills: nothing acknowledged is lost" ./internal/sqldb -run '^TestKillNineLosesNothingAcknowledged$'
run "$histories histories of the agenda on each engine" ./internal/agenda -run '^TestAnyHistoryAddsUp$' -rapid.checks "$histories"
CAPILLARE_SOAK_ROUNDS=$rounds run "$rounds rounds of sixteen clients for each kind of contest, on each engine" ./internal/app -run '^TestSixteenRivalsThroughThePages$'
CAPILLARE_SOAK_DEEDS=$deeds run "$deeds requests on each engine, every answer explained by one order" ./internal/app -v -run '^Test(HistoriesHaveAnOrder|TheCheckerFindsLookThenInsert)$'
CAPILLARE_SOAK_SEEDS=$seeds run "$seeds histories of the register on each engine" ./internal/register -run '^TestHistories$'
run "$upgrades upgrades from every schema, killed in each migration" ./internal/sqldb -run '^(TestKillNineInEachMigration|TestEveryEarlierSchemaBecomesTheNewest)$' -count "$upgrades"
run "$moves moves between the engines, killed on their way" ./internal/move -run '^TestThereAndBackThroughKills$' -count "$moves"
