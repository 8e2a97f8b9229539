.DEFAULT_GOAL := help
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

.PHONY: serve
serve: $(VENV)/runtime ## Set up and serve on HOST:PORT with WORKERS processes
	$(BIN)/accrual serve --host $(HOST) --port $(PORT) --workers $(WORKERS)

.PHONY: sync
sync: $(VENV)/runtime ## Refresh the store from every upstream
	$(BIN)/accrual sync

.PHONY: test
test: $(VENV)/dev ## Set up and run the tests
	$(BIN)/python -m pytest -q

.PHONY: check
check: $(VENV)/dev ## Everything CI runs: lint, types, import contracts, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q --durations=15
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: schema
schema: $(VENV)/runtime ## Write schema.graphql anew
	$(BIN)/accrual schema > schema.graphql

.PHONY: queries
queries: $(VENV)/dev ## Write docs/queries/README.md anew, with the answers of the bundled data
	$(BIN)/python -m tests.written_queries

.PHONY: fmt
fmt: $(VENV)/dev ## Format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: $(VENV)/dev ## Pin the newest dependencies anew
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --constraint requirements/runtime.lock --group dev pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --constraint requirements/runtime.lock requirements/build.in -o requirements/build.lock
