#!/usr/bin/env bash
# Sourced by the other scripts: installs what the tests need, or says the command to type.

# need_package COMMAND-OR-FILE PACKAGE...: installs the Debian packages when what they give is missing.
need_package() {
  local what=$1; shift
  if command -v "$what" >/dev/null 2>&1 || compgen -G "$what" >/dev/null; then return 0; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing $* (needed by the tests)"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/tmp/capillare-apt.log 2>&1 && return 0
    tail -n 5 /tmp/capillare-apt.log
  fi
  echo "missing: $what. Type:  sudo apt-get install -y $*" >&2
  return 1
}

# need_modules: installs the npm modules of test/browser when the list of them is newer.
need_modules() {
  local lock=node_modules/.package-lock.json
  (cd test/browser && { [ $lock -nt package-lock.json ] || { npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && touch $lock; }; })
}
