# What a newcomer needs: `make demo` to look at it, `make test` to trust it, `make help` for the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
unexport PYTHONDONTWRITEBYTECODE  # set, it makes every process compile everything anew
DEMO := LMS_DEMONSTRATION=1 LMS_DATABASE_URL=sqlite:///$(CURDIR)/instance/demo.db LMS_MAIL_URL=file://$(CURDIR)/instance/demo-mail LMS_FILES_URL=file://$(CURDIR)/instance/demo-files LMS_BASE_URL=http://127.0.0.1:$(PORT) LMS_MAIL_FROM=training@wsp.example

.PHONY: help install demo test lint bench lock styles migration clean

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## make .venv from the lock file

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q lms migrations
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: install  ## build the demonstration and serve it on http://127.0.0.1:8000
	@mkdir -p instance && rm -rf instance/demo.db instance/demo.db-wal instance/demo.db-shm instance/demo-mail instance/demo-files
	@$(DEMO) $(BIN)/lms migrate
	@echo "Building a year of training; this takes about a minute."
	@$(DEMO) $(BIN)/lms demo
	@echo "Sign in with one of the links above. Every e-mail is at http://127.0.0.1:$(PORT)/demo/mailbox"
	@$(DEMO) $(BIN)/lms serve --port $(PORT) --with-worker

test: $(VENV)/.installed-dev  ## run every test, on SQLite and on PostgreSQL
	@bash tests/support/prepare.sh
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev  ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.installed-dev  ## measure, with targets and yardsticks beside the figures
	@bash tests/support/prepare.sh
	$(BIN)/python -m bench

lock: $(VENV)/.installed-dev  ## write the lock files anew
	echo setuptools | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml - -o requirements.lock
	echo setuptools | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml - -o requirements-dev.lock

styles:  ## build static/lms.css from frontend/ (needs Node; running does not)
	npm ci --prefix frontend --no-audit --no-fund
	npm run --prefix frontend build

clean:  ## remove what was built
	rm -rf $(VENV) instance build *.egg-info
