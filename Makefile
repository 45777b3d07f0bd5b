# Needs Python 3.11 or later, git and make. Everything else goes into .venv; nothing outside this folder is changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev web web-types check test e2e faults bench eval-knowledge eval-judgement judgement-model lock clean

BIN := .venv/bin
# Cached byte code makes a start seconds faster; a setting of the shell must not take that away.
export PYTHONDONTWRITEBYTECODE :=
PACKAGES := funnel kb bots api
CODE := $(PACKAGES) migrations tests $(wildcard benchmarks training) hatch_build.py
SECONDS_OF_FAULTS ?= 60
KNOWLEDGE ?= ../shared/data
# Tests that run many processes by themselves have the machine to themselves, two at a time.
ALONE := tests/faults tests/e2e
BROWSERS := -n 2 --dist loadfile tests/e2e
WEB := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*')
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## start the demo: service, its own database, sample content
	@exec $(BIN)/funnel demo

setup: .venv/run.stamp web

setup-dev: .venv/dev.stamp

web: api/pages/files/.stamp ## build widget, desk and demo

web-types: setup-dev web/node_modules/.stamp ## write the web's types anew from the gateway's description
	$(BIN)/funnel export-openapi | .ci/npm --node shared/generate.mjs

check: setup-dev web web/node_modules/.checked.stamp ## format, lint, types, import layers, sizes and names
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(PACKAGES) training
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/unit/test_architecture.py
	$(BIN)/funnel export-openapi | .ci/npm --node shared/generate.mjs --check

test: check ## the checks, then every test
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ALONE:%=--ignore=%) --ignore=tests/unit/test_architecture.py
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/faults
	$(BIN)/python -m pytest $(BROWSERS)

e2e: setup-dev web ## the demo as a stranger meets it, against real processes
	$(BIN)/python -m pytest $(BROWSERS)

faults: setup-dev ## the fault tests at full length (SECONDS_OF_FAULTS=60 each), and every planted bug must be caught
	$(BIN)/python -m tests.faults run all --secs $(SECONDS_OF_FAULTS)
	$(BIN)/python -m tests.faults planted

bench: setup-dev web ## the benchmarks: ratios with medians, one interleaved run
	$(BIN)/python -m benchmarks

eval-knowledge: setup-dev ## the knowledge base on question sets (KNOWLEDGE=folder): finding, trust, slips, no answer
	$(BIN)/python benchmarks/eval_knowledge.py --data $(KNOWLEDGE)

DATA ?= ../shared/data
eval-judgement: setup-dev ## how well signals are measured: tables on DATA=FOLDER, and on the project's own phrases
	$(BIN)/python -m training.evaluate --data $(DATA)

judgement-model: setup-dev ## make the model of the signals anew from DATA=FOLDER (minutes)
	$(BIN)/python -m training.train --data $(DATA)

lock: setup-dev ## resolve the dependencies anew into requirements/*.lock
	$(COMPILE) --upgrade pyproject.toml --group build -o requirements/run.lock
	$(COMPILE) --upgrade pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	$(COMPILE) --upgrade --group node -o requirements/node.lock

clean: ## remove .venv, caches and builds; data folders stay
	rm -rf .venv build dist web/node_modules web/dist api/pages/files .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The last thing that making an environment writes: one that was broken off is made anew.
.venv/bin/pip:
	@.ci/make-venv

.venv/run.stamp: requirements/run.lock pyproject.toml | .venv/bin/pip
	@echo "Installing into .venv (a minute the first time) ..." >&2
	@$(PIP) install --require-hashes -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/run.stamp
	@echo "Installing what development needs into .venv ..." >&2
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

web/node_modules/.stamp: web/package-lock.json web/package.json $(wildcard web/*/package.json) | .venv/bin/pip
	@echo "Installing what the web is built with ..." >&2
	@.ci/npm ci --loglevel=error
	@touch $@

api/pages/files/.stamp: $(filter-out %.test.ts,$(WEB)) web/node_modules/.stamp
	@.ci/npm run --silent build
	@touch $@

web/node_modules/.checked.stamp: $(WEB) web/node_modules/.stamp
	@.ci/npm run --silent check
	@touch $@
