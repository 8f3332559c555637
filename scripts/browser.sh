#!/usr/bin/env bash
# The pages in a real browser: accessibility, HTML, dead links, narrow screens, the flows of each actor.
set -euo pipefail
cd "$(dirname "$0")/.."
make -s build
. scripts/need.sh
need_modules
cd test/browser
node --test --test-concurrency=1 --test-timeout=600000 ./*.test.mjs
