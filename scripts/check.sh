#!/usr/bin/env bash
# Everything about the code that needs no database: fails at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."
tool() { go tool -modfile=tools/go.mod "$@"; }

echo "== gofmt"
unformatted=$(gofmt -l cmd internal)
[ -z "$unformatted" ] || { echo "run gofmt -w on: $unformatted"; exit 1; }

echo "== go vet"
go vet ./...

echo "== staticcheck"
# Package comments (ST1000) are checked by archtest, which knows generated code from ours.
tool staticcheck -checks "all,-ST1000,-ST1003,-ST1005" ./...

echo "== generated code matches its source"
tool sqlc diff || { echo "run: make gen"; exit 1; }
before=$(find internal -name '*_templ.go' -print0 | sort -z | xargs -0 sha256sum)
tool templ generate -path internal >/dev/null
after=$(find internal -name '*_templ.go' -print0 | sort -z | xargs -0 sha256sum)
[ "$before" = "$after" ] || { echo "templates changed since they were generated: run make gen and commit"; exit 1; }

echo "== map of packages, catalogues"
go test ./internal/testkit/... ./internal/i18n/

echo "check: all good"
