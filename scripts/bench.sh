#!/usr/bin/env bash
# Figures, printed and never asserted: ratios against the bare drivers (interleaved), then the whole program
# with the Tuscan network. DATA keeps that network between runs.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/need.sh
need_package curl curl
data=${DATA:-/tmp/capillare-bench-toscana}

echo "== rules and data: ratios and operations (Go benchmarks)"
go run ./internal/sqldb/sqldbtest/pgserver go test -run '^$' -bench . -skip FirstTimes -benchtime "${BENCHTIME:-2s}" ./internal/sqldb ./internal/agenda ./internal/register ./internal/territory ./internal/coverage

echo "== import of 100,000 shifts against sqlite3 .import of the same file (of_.import: 1 is as fast)"
need_package sqlite3 sqlite3
go run ./internal/sqldb/sqldbtest/pgserver go test -run '^$' -bench Import -benchtime 3x ./internal/imports | grep -v 'slow transaction'

echo "== one hot time: 32 clients of the pages beside 32 of PostgreSQL on one row (of_rows) and the bare group commit (of_limit), all durable"
need_package strace strace
hot=$(mktemp -d)
go build -o "$hot/pgserver" ./internal/sqldb/sqldbtest/pgserver
go test -c -o "$hot/app.test" ./internal/app
fight() { (cd internal/app && CAPILLARE_TEST_PG_DURABLE=1 "$@" "$hot/pgserver" "$hot/app.test" -test.run '^$' -test.bench HotTime -test.benchtime "${TURNS:-5}x" | grep Benchmark); }
fight
echo "== the same on a disk whose fsync takes 5 ms more"
fight strace -f --seccomp-bpf -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_enter=5000
rm -rf "$hot"

echo "== binary"
du -h --apparent-size bin/capillare | cut -f1

echo "== demo: time to build each network"
basilicata=$(mktemp -d)
trap 'rm -rf "$basilicata"' EXIT
timed() { local begin=$EPOCHREALTIME; "$@" >/dev/null; awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s\n", b - a }'; }
printf 'Basilicata  '; timed bin/capillare demo --region basilicata --data "$basilicata" --log-level error
if [ ! -e "$data/built" ]; then
  rm -rf "$data"
  printf 'Toscana     '; timed bin/capillare demo --region toscana --data "$data" --log-level error
  touch "$data/built"
fi

echo "== search: first ten free times near any municipality, beside the best single SQL statement (ratio: 1 is as fast)"
echo "   on the whole country: 3,000 points, 4,800 people, 60 days, 500,000 bookings"
go run ./internal/sqldb/sqldbtest/pgserver go test -run '^$' -bench 'FirstTimes$' -benchtime "${SEARCHES:-200x}" -timeout 30m ./internal/agenda | grep '^Benchmark'
echo "   on the Tuscan network; then its page of results over HTTP beside the same page with a fixed list (ratio: 1 is as fast)"
export CAPILLARE_BENCH_DATABASE="$data/capillare.db"
bin/capillare migrate --data "$data" --log-level error
go test -run '^$' -bench FirstTimesOfDemo -benchtime "${SEARCHES:-200x}" ./internal/agenda | grep '^Benchmark'
go test -run '^$' -bench ResultsPage -benchtime 20x ./internal/web/public | grep '^Benchmark'

echo "== the program with the Tuscan network"
port=${PORT:-18080}
begin=$EPOCHREALTIME
bin/capillare serve --data "$data" --listen "127.0.0.1:$port" --log-level error >/dev/null &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$basilicata"' EXIT
until curl -sf -o /dev/null "http://127.0.0.1:$port/stato"; do sleep 0.005; done
awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "start-up            %.0f ms\n", (b - a) * 1000 }'
for path in "/" "/punti?q=Firenze" "/punti?q=Stazzema&pagina=2"; do
  curl -s -o /dev/null "http://127.0.0.1:$port$path"
  for _ in $(seq 1 40); do curl -s -o /dev/null -w '%{time_total}\n' --compressed "http://127.0.0.1:$port$path"; done | sort -n |
    awk -v p="$path" '{ t[NR] = $1 } END { printf "%-28s median %.1f ms, p95 %.1f ms\n", p, t[int(NR/2)] * 1000, t[int(NR*0.95)] * 1000 }'
  curl -s -o /dev/null -w '%{size_download} bytes compressed\n' -H 'Accept-Encoding: gzip' "http://127.0.0.1:$port$path"
done
awk '/VmRSS|VmHWM/ { printf "%-10s %d MB\n", $1, $2 / 1024 }' "/proc/$server/status"
