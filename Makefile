# Every task of the project. `make` alone lists them; nothing global is touched:
# all tools live in .venv, pinned by hash in requirements/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
NEED := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# The first interpreter that runs (a shim may exist and still refuse) and is new
# enough. Override with `make PYTHON=/path/to/python …`.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	if "$$p" -c '$(NEED)' >/dev/null 2>&1; then echo "$$p"; break; fi; done)

## help       list the targets
.PHONY: help
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

## setup      make .venv with everything that `make test` needs
.PHONY: setup
setup: $(VENV)/.dev

## test       every check (under 10 minutes on 2 cores)
.PHONY: test
test: $(VENV)/.dev
	$(BIN)/python -m pytest

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "no Python >= 3.11 with venv found;" \
		     "on Debian: apt install python3 python3-venv" >&2; \
		exit 1; \
	fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.all: requirements/all.txt requirements/build.txt | $(VENV)/bin/python
	$(PIP) install -qq --require-hashes -r requirements/all.txt
	$(PIP) install -qq --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.self | $(VENV)/bin/python
	$(PIP) install -qq --require-hashes -r requirements/dev.txt
	@touch $@

# The project itself, editable: again only when its metadata changed.
$(VENV)/.self: pyproject.toml $(VENV)/.all
	$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@
