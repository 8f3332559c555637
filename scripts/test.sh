#!/usr/bin/env bash
# Rules on both engines with the race detector, those on much data without it, then the pages in a browser. ENGINES=sqlite leaves
# PostgreSQL out by hand (never in CI); BROWSER=no leaves the browser out by hand (never in CI).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/need.sh
if [ -n "${CI:-}" ]; then unset ENGINES BROWSER; fi

if [ "${ENGINES:-}" != sqlite ]; then need_package '/usr/lib/postgresql/*/bin/initdb' postgresql; fi
if [ "${BROWSER:-}" != no ]; then need_package chromium chromium; fi
# Three readers of calendar files, written by others.
need_package /usr/lib/python3/dist-packages/icalendar python3-icalendar
need_package /usr/lib/python3/dist-packages/vobject python3-vobject
need_modules

# The race detector looks at everything but the C of SQLite as translated to Go, which it makes five times as slow: one connection
# at a time is in there, and the driver around it, which reads our arguments, is still looked at.
race=(-race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)
command -v gcc >/dev/null 2>&1 || need_package gcc gcc libc6-dev || exit 1

# One PostgreSQL for the whole run: pgserver starts it, runs the command, stops it. (make check vets.)
started=$SECONDS
go run ./internal/sqldb/sqldbtest/pgserver go test "${race[@]}" -vet=off -timeout 20m ./...
echo "go tests: $((SECONDS - started)) s"

# Tests on much data that work alone: with the race detector they would take ten times as long.
started=$SECONDS
mapfile -t files < <(grep -rl --include='*_test.go' 'testkit\.WithoutRace(' internal)
names=$(grep -hB3 'testkit\.WithoutRace(' "${files[@]}" | sed -nE 's/^func (Test[A-Za-z0-9]+)\(.*/\1/p' | paste -sd'|')
mapfile -t folders < <(printf './%s\n' "${files[@]}" | xargs -n1 dirname | sort -u)
go run ./internal/sqldb/sqldbtest/pgserver go test -vet=off -timeout 20m -run "^($names)\$" "${folders[@]}"
echo "go tests on much data: $((SECONDS - started)) s"

if [ "${BROWSER:-}" != no ]; then
  started=$SECONDS
  scripts/browser.sh
  echo "browser tests: $((SECONDS - started)) s"
fi
