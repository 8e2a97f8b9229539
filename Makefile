.DEFAULT_GOAL := help
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
# Most tests wait for a database or a server they started.
JOBS ?= 3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help
help: ## Say what there is to make
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/runtime: requirements/runtime.lock requirements/build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.lock
	ACCRUAL_UI=skip $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

# Where the system has no npm, that of a package with Node is used.
NODE := command -v npm > /dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.lock

.PHONY: web
web: $(VENV)/runtime ## Build the page and GraphiQL, unless they are built of the same files
	@$(BIN)/python -c 'import hatch_build; exit(not hatch_build.fresh())' || $(NODE) || true
	@$(BIN)/python hatch_build.py

.PHONY: serve
serve: web ## Set up and serve on HOST:PORT with WORKERS processes
	$(BIN)/accrual serve --host $(HOST) --port $(PORT) --workers $(WORKERS)

.PHONY: sync
sync: $(VENV)/runtime ## Refresh the store from every upstream
	$(BIN)/accrual sync

tests/clients/node_modules/.package-lock.json: tests/clients/package-lock.json | $(VENV)/runtime
	$(NODE)
	$(BIN)/python -c 'from pathlib import Path; import hatch_build; hatch_build.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", folder=Path("tests/clients"))'
	@touch $@

.PHONY: clients
clients: tests/clients/node_modules/.package-lock.json ## Install the clients that the tests run, with Node

.PHONY: chromium
chromium: ## Install the browser that the tests run, where Debian's package manager may
	@command -v chromium > /dev/null || { command -v apt-get > /dev/null && test $$(id -u) = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null; } || echo "No chromium: the browser tests will be skipped."

.PHONY: test-clients
test-clients: $(VENV)/dev clients ## Run the tests with real clients
	$(BIN)/python -m pytest -q tests/clients tests/server/edge

.PHONY: test
test: $(VENV)/dev web ## Set up and run the tests
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

.PHONY: check
check: $(VENV)/dev web clients chromium ## Everything CI runs: lint, types, import contracts, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n $(JOBS) --dist worksteal --durations=15
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: fuzz
fuzz: $(VENV)/dev ## Hold the two executions to each other over 20,000 drawn queries
	ACCRUAL_TEST_CASES=10000 $(BIN)/python -m pytest -q tests/graph/plan/test_whole_schema.py

.PHONY: abuse
abuse: $(VENV)/dev ## Abuse a server in every way we know of, and measure how long others wait
	$(BIN)/python -m tests.server.edge.stalls

.PHONY: schemathesis
schemathesis: $(VENV)/dev ## Put 2,000 drawn queries to the served schema
	ACCRUAL_TEST_EXAMPLES=60 $(BIN)/python -m pytest -q -s tests/server/edge/test_schemathesis.py

.PHONY: bench
bench: $(VENV)/dev ## Measure speed on PostgreSQL and SQLite, about 20 minutes
	$(BIN)/python -m bench --charts

.PHONY: bench-quick
bench-quick: $(VENV)/dev ## The same on a small PostgreSQL store, under 3 minutes
	$(BIN)/python -m bench --quick --engines postgresql

.PHONY: schema
schema: $(VENV)/runtime ## Write schema.graphql anew
	$(BIN)/accrual schema > schema.graphql

.PHONY: queries
queries: $(VENV)/dev ## Write docs/queries/README.md anew, with the answers of the bundled data
	$(BIN)/python -m tests.written_queries

.PHONY: parse-samples
parse-samples: $(VENV)/dev ## Say which source reads each recorded answer of the folder SAMPLES, and what it refuses
	$(BIN)/python -m tests.samples $(SAMPLES)

.PHONY: pictures
pictures: $(VENV)/dev web chromium ## Take the README's pictures anew, from the running product
	$(BIN)/python -m tests.web.pictures

.PHONY: fmt
fmt: $(VENV)/dev ## Format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: $(VENV)/dev ## Pin the newest dependencies anew
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --constraint requirements/runtime.lock --group dev pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --constraint requirements/runtime.lock requirements/build.in -o requirements/build.lock
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url requirements/node.in -o requirements/node.lock
