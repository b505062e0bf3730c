# make setup · demo · new-xapp · test · values · check · charts · replicas · images · fuzz · figures · bench · retrain · soak     each makes its own setup
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The stamp carries the digest of everything that decides what is installed: also which modules there are, since an editable
# install writes down where each of them lies.
STAMP  := $(VENV)/.stamp-$(shell { cat pyproject.toml constraints.txt CMakeLists.txt sdk/_native/*.c; find sdk e2sim models xapps -name '*.py' | sort; } 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: setup demo new-xapp test values check charts replicas images fuzz figures bench retrain soak clean
setup: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"ricloop needs Python 3.11 or newer, this is {v[0]}.{v[1]}: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "no venv module: apt-get install python3-venv, or make PYTHON=/path/to/python3"; exit 1; }
	@echo "installing ricloop into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@rm -f $(VENV)/.stamp-* && touch $@

demo: setup
	@$(BIN)/ricloop demo $(ARGS)

# make new-xapp NAME=cell-guard; ARGS="--kind ue --out elsewhere" as `ricloop new xapp --help` has them.
new-xapp: setup
	@$(BIN)/ricloop new xapp $(or $(NAME),--help) $(ARGS)

# Everything but what `make charts` and `make replicas` run: each is then done in minutes.
test: setup
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup --ignore tests/charts --ignore tests/platform/test_elect.py $(ARGS)

# Two RICs of one lease as processes, killed, stopped, cut off, with clocks that jump: minutes by the wall clock, mostly waiting.
replicas: setup
	@$(BIN)/python -m pytest -q tests/platform/test_elect.py $(ARGS)

values: setup
	@RICLOOP_VALUES=$(or $(VALUES),2000) $(BIN)/python -m pytest -q -n 2 -m values tests/codec tests/e2sm

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Charts, descriptors, dashboards, alerts and the runbook: rendered by Helm, held against schemas and what the code exposes.
charts: setup
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup tests/charts $(ARGS)

# The images, built with buildah and run as their user on a read-only root; prints their sizes.
images: setup
	@$(BIN)/python -m tests.images $(ARGS)

# SECONDS=20 for each target; ARGS="kpm rc" for some of them, ARGS=--help for more. Where atheris has no wheel, the
# extra installs nothing, and tests.fuzz says what to do.
fuzz: setup
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),20) $(or $(ARGS),--all)

# What this project states of itself, measured: ARGS="--against CHECKOUT" beside an earlier commit, ARGS=--help for more.
figures: setup
	@$(BIN)/python -m tests.figures $(ARGS)

bench: setup
	@$(BIN)/ricloop bench codec
	@$(BIN)/ricloop bench engine
	@$(BIN)/python -m tests.bench $(ARGS)

# Every shipped model once more from its seed: its scores must come out within the recorded tolerance. Needs the extra `ml`.
retrain: setup
	@RICLOOP_RETRAIN=1 $(BIN)/python -m pytest -q tests/models/test_training.py $(ARGS)

soak: setup
	@$(BIN)/python -m tests.soak $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
