#!/usr/bin/env bash
# The pages in a real browser: accessibility, HTML, dead links, narrow screens, the flows of each actor.
set -euo pipefail
cd "$(dirname "$0")/.."
make -s build
cd test/browser
[ node_modules/.package-lock.json -nt package-lock.json ] || { npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && touch node_modules/.package-lock.json; }
node --test --test-concurrency=1 --test-timeout=600000 ./*.test.mjs
