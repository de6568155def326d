# Two commands matter: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup run test test-long bench bench-decide bench-ground check lint types floors unit clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "curtaild needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The demonstration site: a fresh state each time, ended by Ctrl-C.
run: $(STAMP)
	@test ! -e var/demo/ledger.lock || $(BIN)/python -c \
		'import fcntl; fcntl.flock(open("var/demo/ledger.lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)' \
		2>/dev/null || { echo "The demonstration runs already: end it with Ctrl-C first."; exit 1; }
	@rm -rf var/demo && mkdir -p var/demo
	@umask 077 && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(32))' > var/demo/token-grid-operator
	@exec $(BIN)/curtaild run --config configs/demo.yaml --farm

test: $(STAMP) check unit

check: lint types floors

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

floors: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/pytest -m 'not long'

test-long: $(STAMP)
	$(BIN)/pytest -m long

# Speed, as ratios measured side by side in one run; exits 1 where a figure falls short.
bench: bench-decide bench-ground

bench-decide: $(STAMP)
	$(BIN)/python -m tests.bench.decide

# A large site, measured in real time on loopback addresses: about three minutes.
bench-ground: $(STAMP)
	$(BIN)/python -m tests.bench.ground

clean:
	rm -rf $(VENV) var build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
