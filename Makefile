# Two commands on a fresh machine: `make run`, `make test`. Needs python3 >= 3.11 and make.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
UV     := 0.13.9
PORT   ?= 8000
# Processes that share the tests.
WORKERS ?= 2
export PORT

FLASK := $(BIN)/flask --app wsgi
BROWSER := { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
LOCK  := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
         --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
         --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup run serve check test test-sqlite test-postgres docs translations migration lock bench \
        screenshots

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# $(1) is a locked list of requirements. uv is a matter of seconds; pip does the same if uv cannot.
# uv does not read pip's settings, so it is told of the index a machine has chosen for pip.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@index=$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}; \
	test -z "$$index" || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; \
	{ $(BIN)/pip install --quiet uv==$(UV) \
	  && $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(1); } \
	|| $(BIN)/pip install --quiet --require-hashes -r $(1)
endef

$(VENV)/.run: requirements/prod.txt
	$(call install,requirements/prod.txt)
	@touch $@

# What tests need includes what running needs, and `make run` must not take it away again.
$(VENV)/.dev: requirements/dev.txt requirements/prod.txt
	$(call install,requirements/dev.txt)
	@touch $@ $(VENV)/.run

setup: $(VENV)/.dev ## install everything for running and for developing

# The shell becomes the server, and so stays the clock's parent: when it is gone, however it ended,
# the clock ends too.
define serve
	@$(FLASK) harbour worker --beside $$$$ & exec $(BIN)/gunicorn wsgi:app
endef

run: $(VENV)/.run ## install, prepare the database with the demonstration street, serve, mind the clock
	@$(FLASK) harbour init --if-needed --demo
	$(call serve)

serve: $(VENV)/.run ## serve what is there and mind the clock, prepare nothing
	$(call serve)

check: $(VENV)/.dev ## style, types, rooms, templates, translations, generated documents
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python tools/translations.py --check
	$(FLASK) harbour docs --check

test: test-sqlite test-postgres ## all tests, on SQLite and on PostgreSQL
	@$(BROWSER) || { printf '\n%s\n%s\n%s\n' \
	  '*****************************************************************************' \
	  '  NO CHROMIUM HERE: the browser tests were NOT run. apt-get install chromium' \
	  '*****************************************************************************'; \
	  test -z "$$HARBOUR_REQUIRE_BROWSER"; }

test-sqlite: $(VENV)/.dev ## all tests on SQLite, those in the browser included
	HARBOUR_TEST_DATABASE=sqlite $(BIN)/python -m pytest -n $(WORKERS) -m "not postgres"

test-postgres: $(VENV)/.dev ## the same on PostgreSQL, without the browser and the rules that need no database
	HARBOUR_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n $(WORKERS) -m "not sqlite and not browser" \
	  --ignore=tests/domain

docs: $(VENV)/.dev ## print the workflows and permissions anew from the tables
	$(FLASK) harbour docs

translations: $(VENV)/.dev ## bring the catalogue in step with the source, and compile it
	$(BIN)/python tools/translations.py

migration: $(VENV)/.dev ## draft a migration: make migration m="Record when a proposal was adopted"
	@test -n "$(m)" || { echo 'Say why: make migration m="..."'; exit 1; }
	$(FLASK) harbour draft-migration "$(m)"

lock: $(VENV)/.dev ## pin anew what pyproject.toml asks for; UPGRADE=1 takes newer releases
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/prod.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --group pyproject.toml:dev \
	  --constraints requirements/prod.txt --output-file requirements/dev.txt

bench: $(VENV)/.run ## measure against the floor pages; see benchmarks/README.md
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.dev ## take the pictures of the README from the running product
	$(BIN)/python tools/screenshots.py
