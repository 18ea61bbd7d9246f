# Two commands: `make up` serves Dragoman from this folder, `make test` checks everything. No database, Redis or root needed.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: up demo test lint
.DELETE_ON_ERROR:

up: .venv/.installed
	@$(BIN)/python manage.py up $(ARGS)

demo: .venv/.installed
	@$(BIN)/python manage.py demo $(ARGS)

test: lint
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: .venv/.installed-dev
	$(BIN)/ruff check
	$(BIN)/lint-imports

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dragoman needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Cannot make a virtual environment (Debian: apt-get install python3-venv)." >&2; exit 1; }

.venv/.installed: requirements.txt .venv/bin/python
	@echo "Installing requirements, once …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@
