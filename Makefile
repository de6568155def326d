# Two commands matter: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PURE_TESTS := tests/core tests/scenarios tests/mutation tests/commands
UNITS := unit-pure unit-e2e unit-site
# Whole lives of a site, with the best that there is and floors, take as long as all other properties.
LIVES := $(addprefix tests/core/test_,fleets.py optimum.py floors_properties.py)
# Prices of ERCOT hubs and the hashprice, by year: docs/backtest.md says how they are laid out.
STUDY_DATA ?= ../shared/data
# As many times 2,000 cases of each property as make a million in all: 75,000 in CI.
LONG_CASES := 14

.PHONY: setup run test unit-pure unit-e2e unit-site test-long test-machine million-lives million-looks mutate bench bench-decision bench-backtest bench-ground bench-fleet bench-signals fuzz soak-fleet study check lint types floors unit clean

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

test: $(STAMP)
	@$(MAKE) --no-print-directory -j4 --output-sync=target check $(UNITS)

# The pure part, with the command line, needs the processor, the others mostly wait: side by side.
unit: $(STAMP)
	@$(MAKE) --no-print-directory -j3 --output-sync=target $(UNITS)

unit-pure: $(STAMP)
	$(BIN)/pytest -m 'not long' $(PURE_TESTS)

unit-e2e: $(STAMP)
	$(BIN)/pytest -m 'not long' tests/e2e

unit-site: $(STAMP)
	$(BIN)/pytest -m 'not long' $(addprefix --ignore=,$(PURE_TESTS) tests/e2e)

check: lint types floors

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

floors: $(STAMP)
	$(BIN)/lint-imports

# What takes long, and a million cases of the decision's properties: on two cores about an hour.
test-long: $(STAMP) test-machine
	@$(MAKE) --no-print-directory -j2 --output-sync=target million-lives million-looks

million-lives: $(STAMP)
	CURTAILD_CASES=$(LONG_CASES) $(BIN)/pytest --timeout=0 $(LIVES)

million-looks: $(STAMP)
	CURTAILD_CASES=$(LONG_CASES) $(BIN)/pytest -m 'not long' --timeout=0 tests/core $(addprefix --ignore=,$(LIVES))

# A booted systemd, kills at every moment of a start.
test-machine: $(STAMP)
	$(BIN)/pytest -m long

# What of the core could be wrong without a test noticing: some ten minutes, an hour at most, and goes
# on where it ended.
mutate: $(STAMP)
	$(BIN)/python -m tests.mutation

# Everything that reads bytes of others, by coverage: some ten minutes.
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz.run

# Speed, as ratios measured side by side in one run; exits 1 where a figure falls short.
bench: bench-decision bench-backtest bench-ground bench-fleet bench-signals

bench-decision: $(STAMP)
	$(BIN)/python -m tests.bench.decision

# What the decision earns on history, beside strike prices: some five minutes.
bench-backtest: $(STAMP)
	CURTAILD_STUDY_DATA=$(STUDY_DATA) $(BIN)/python -m tests.bench.backtest

# docs/study-ercot.md, of the history in STUDY_DATA: some fifteen minutes.
study: $(STAMP)
	$(BIN)/python -m controller.backtest.study --rt $(STUDY_DATA)/ercot-rt15-*.csv.gz \
		--dam $(STUDY_DATA)/ercot-dam60-*.csv.gz --hashprice $(STUDY_DATA)/hashprice-daily-*.csv \
		--out docs/study-ercot.md

# A large site, measured in real time on loopback addresses: about three minutes.
# Signals: from arrival to the recorded plan beside bare handlers, and parsing beside the library's.
bench-signals: $(STAMP)
	$(BIN)/python -m tests.bench.signals

bench-ground: $(STAMP)
	$(BIN)/python -m tests.bench.ground

# The fleet from one poll to 50 MW, beside bare scripts and pyasic, in real time on loopback addresses:
# about twenty minutes, as root (port 80).
bench-fleet: $(STAMP)
	$(BIN)/python -m tests.bench.fleet

# Half an hour with faulty miners: memory and descriptors must not grow.
soak-fleet: $(STAMP)
	$(BIN)/python -m tests.bench.fleet_soak

clean:
	rm -rf $(VENV) var build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
