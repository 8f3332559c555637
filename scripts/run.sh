#!/usr/bin/env bash
# Serves the demo network: builds it once into data/, then starts the program.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${CAPILLARE_DATA:-data}
listen=${CAPILLARE_LISTEN:-127.0.0.1:8080}
if [ ! -e "$data/capillare.db" ]; then
  bin/capillare migrate --data "$data"
  bin/capillare demo --data "$data" --region "${REGION:-basilicata}"
fi
exec bin/capillare serve --data "$data" --listen "$listen" --demo-accounts
