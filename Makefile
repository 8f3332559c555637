# The only door: `make help` lists the targets. People and CI run the same ones.
SHELL := /bin/bash
export PATH := $(PATH):/usr/local/go/bin
GO    := go
TOOL  := $(GO) tool -modfile=tools/go.mod
BIN   := bin/capillare
RACE  ?= -race

.PHONY: help run build assets gen check test bench soak demo package clean

help: ## lists what can be asked
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

run: build ## sets everything up, builds the demo network and serves it on http://localhost:8080
	@scripts/run.sh

build: assets ## builds bin/capillare with its pages and styles
	@mkdir -p bin
	$(GO) build -trimpath -ldflags="-s -w -X capillare/internal/cli.version=$$(git describe --tags --always --dirty 2>/dev/null || echo dev)" -o $(BIN) ./cmd/capillare

assets: internal/web/ui/static/assets.json internal/territory/seed/municipalities.csv.gz ## makes styles, scripts, fonts and the list of municipalities from npm

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

TEMPLATES := $(shell find internal/web -name '*.templ' -o -name '*.go' 2>/dev/null | grep -v _test.go)
internal/web/ui/static/assets.json: node_modules/.package-lock.json $(wildcard assets/*.mjs assets/*.scss assets/*.js assets/*/*) $(TEMPLATES)
	node assets/build.mjs

internal/territory/seed/municipalities.csv.gz: node_modules/.package-lock.json assets/territory.mjs assets/territory-coordinates.csv
	node assets/territory.mjs

gen: ## writes the generated code again: queries, pages, docs/config.md
	$(TOOL) sqlc generate
	$(TOOL) templ generate -path internal
	$(GO) test ./internal/cli -run TestConfigurationPage -count=1 -args -update
	gofmt -l -w cmd internal >/dev/null

check: assets ## formatting, vet, staticcheck, generated code up to date, the map of packages
	@scripts/check.sh

test: assets ## every rule on both engines with the race detector, then the pages in a browser
	@scripts/test.sh

bench: build ## ratios against the bare drivers, printed
	@scripts/bench.sh

soak: ## thousands of kills and random histories: long (KILLS=1000 HISTORIES=20000 ROUNDS=200 DEEDS=1000000 SEEDS=500 UPGRADES=20 MOVES=20)
	@scripts/soak.sh

demo: build ## builds the Tuscan network in data-toscana and prints how long it took
	time $(BIN) demo --region toscana --data data-toscana

package: build ## makes dist/capillare_VERSION_ARCH.deb, with its service
	@scripts/package.sh

clean: ## removes what was built (never data/)
	rm -rf bin dist node_modules internal/web/ui/static/* internal/territory/seed/*.gz
