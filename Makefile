# Two commands: `make run` starts the portal with its demonstration data, `make test` runs the tests.
PORT ?= 8000
PYTEST_ARGS ?=
BENCH ?= commune_import
BENCH_ARGS ?=
BENCHES = $(patsubst tests/benchmarks/bench_%.py,%,$(wildcard tests/benchmarks/bench_*.py))
PY = .venv/bin/python
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test nightly coverage check fix bench rooms lock clean

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' Makefile

run: export DEBUG ?= true
run: export SITE_URL ?= http://127.0.0.1:$(PORT)
run: ## Install what is needed, create the data the first time, serve on http://127.0.0.1:8000 (PORT=... to change)
	@.ci/venv requirements.lock
	@$(PY) manage.py prepare --port $(PORT)
	@$(PY) manage.py serve 127.0.0.1:$(PORT)

test: ## Install what is needed, run all the tests on SQLite (TEST_DATABASE_URL=postgres://... for PostgreSQL)
	@.ci/venv requirements-dev.lock
	@$(PY) -m pytest -n auto -q $(PYTEST_ARGS)

nightly: ## The walk in full: every page of the administration drawn for every role
	@.ci/venv requirements-dev.lock
	@$(PY) -m pytest -n auto -q -m nightly tests/guards

coverage: ## Branches of the rules covered by the tests, without walk and browser; under 95 % fails
	@.ci/venv requirements-dev.lock
	@$(PY) -m pytest -n auto -q -m "not browser" tests --ignore=tests/guards --ignore=tests/e2e --cov --cov-report=term:skip-covered

check: ## Lint, format, templates, types, migrations, production settings
	@.ci/venv requirements-dev.lock
	@.ci/check

fix: ## Let ruff repair what it can
	@.ci/venv requirements-dev.lock
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

bench: ## Time one thing, BENCH=commune_import (default), directory, register, register_import, workbooks or letters (DATABASE_URL=postgres://...)
	@.ci/venv requirements-dev.lock
	@test -f tests/benchmarks/bench_$(BENCH).py || { echo "BENCH=$(BENCH) : à choisir parmi $(BENCHES)"; exit 1; }
	@if grep -q __main__ tests/benchmarks/bench_$(BENCH).py; then $(PY) -m tests.benchmarks.bench_$(BENCH) $(BENCH_ARGS); \
	else $(PY) -m pytest -q -s -p no:xdist tests/benchmarks/bench_$(BENCH).py $(BENCH_ARGS); fi

rooms: ## Draw the map of the rooms again (docs/rooms.md), from the imports
	@.ci/venv requirements-dev.lock
	@$(PY) -m tests.rooms_map

lock: ## Pin the dependencies again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements-dev.lock

clean: ## Forget the environment and the caches; the data in var/ stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis staticfiles test-results
