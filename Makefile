# Every task of the project; `make` alone lists them. Nothing global is touched: all
# tools live in .venv, pinned by hash in requirements/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install -qq
SPEAK = @echo "== $@:"
CHECKED := $(wildcard src tests tools bench conftest.py docs/*.py)
WORKERS ?= 2
# By file: the blocks of one page build on each other and must meet on one worker. In the
# order of the folders: what takes long comes early, and no worker waits for the other.
TEST := pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	--hypothesis-profile
# Side by side where there is room; what each says stays together, if make knows how.
BESIDE := $(MAKE) --no-print-directory --jobs=$(WORKERS) \
	$(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# The first interpreter that really runs (a shim may exist and still refuse) and is new
# enough. Another one: `make PYTHON=/path/to/python …`.
NEED := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	if "$$p" -c '$(NEED)' >/dev/null 2>&1; then echo "$$p"; break; fi; done)

## help       list the targets
.PHONY: help
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

## demo       set up, then run the demonstration on shipped real data
.PHONY: demo
demo: $(VENV)/.self
	@$(BIN)/community-sdk demo

## setup      make .venv with everything that `make test` needs
.PHONY: setup
setup: $(VENV)/.dev

## test       every check: lint types docs wheel side by side, then unit
.PHONY: test
test: $(VENV)/.dev
	@echo "== lint types docs wheel, side by side; each speaks when it is done"
	@$(BESIDE) lint types docs wheel
	@$(MAKE) --no-print-directory unit

## lint       format, rules, spelling, walls between packages, limits of size
.PHONY: lint
lint: $(VENV)/.dev
	$(SPEAK)
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff .; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/codespell
	@walls=$$($(BIN)/lint-imports --no-logo) || { echo "$$walls"; exit 1; }
	@$(PY) tools/house_limits.py
	@$(PY) tools/event_page.py --check

## types      mypy strict and basedpyright strict, on source, tests and tools
.PHONY: types
types: $(VENV)/.dev
	$(SPEAK)
	@$(BIN)/mypy $(CHECKED)
	@for each in $(sort $(dir $(wildcard examples/*/*.py))); do \
		$(BIN)/mypy --no-explicit-package-bases --no-error-summary "$$each"; done
	@$(BIN)/basedpyright --warnings

## docs       the pages, every warning an error; they open at docs/_build/index.html
.PHONY: docs
docs: $(VENV)/.dev
	$(SPEAK)
	@$(PY) -m sphinx -nW --keep-going -q -b html docs docs/_build

## wheel      the built wheel under every interpreter found, bare and with all extras
.PHONY: wheel
wheel: $(VENV)/.dev
	$(SPEAK)
	@$(PY) tools/wheel_test.py

## unit       tests, examples, code on pages and in docstrings; then coverage
.PHONY: unit
unit: $(VENV)/.dev
	$(SPEAK)
	@mkdir -p build
	@$(PY) -m $(TEST) ci --cov --cov-report= | tee build/pytest.txt
	@$(PY) -m coverage json -q -o build/coverage.json
	@$(PY) tools/coverage_floor.py build/coverage.json
	@tail -n 1 build/pytest.txt

## deep       what takes long: many more examples, and the lowest versions allowed
.PHONY: deep
deep: $(VENV)/.dev
	$(SPEAK)
	@$(PY) -m $(TEST) nightly
	rm -rf build/lowest
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/$(PIP:$(BIN)/%=%) --require-hashes -r requirements/lowest.txt
	build/lowest/bin/$(PIP:$(BIN)/%=%) --no-deps --no-build-isolation --editable .
	build/lowest/bin/python -m $(TEST) ci tests

## bench      our figures beside those of peers and of hand-written code
.PHONY: bench
bench: $(VENV)/.bench
	$(SPEAK)
	@$(PY) -m bench

## lock       refresh the pins (wants `uv` on the path; see CONTRIBUTING.md)
.PHONY: lock
lock:
	@tools/lock

## clean      remove what the targets made, .venv included
.PHONY: clean
clean:
	rm -rf $(VENV) build dist docs/_build .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
		echo "no Python >= 3.11 with venv was found;" \
		     "on Debian and Ubuntu: apt install python3 python3-venv" >&2; \
		exit 1; \
	fi
	@echo "== setting up $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# Each stamp says that its pins are installed.
$(VENV)/.all: requirements/all.txt requirements/build.txt | $(PY)
	@echo "== installing what community_sdk and its extras need"
	@$(PIP) --require-hashes -r requirements/all.txt
	@$(PIP) --require-hashes -r requirements/build.txt
	@touch $@

# The project itself, editable: anew only when its metadata changed.
$(VENV)/.self: pyproject.toml $(VENV)/.all
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.self
	@echo "== installing what the checks need"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	@echo "== installing the peers of the benches"
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@
