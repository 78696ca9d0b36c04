# Every verb of a developer. The environment lives in .venv and is made on the way.
# `make` alone shows what there is.

SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
export PYTHON

BIN := .venv/bin
STEP := scripts/step.sh
# In a place without a network where that can be had: the tests prove that nothing leaves the machine.
OFFLINE := scripts/without_network.sh
TUTORIAL := src/fivefold/knowledge_base/cases/published/01-claire-physician.assessment.yaml
FAST_SUITES := tests/unit tests/spec tests/knowledge
# Integration tests that never touch a database are not run a second time on PostgreSQL.
NO_DATABASE := $(addprefix --ignore=tests/integration/test_,broken_inputs.py cli.py new.py book.py pdf_plan.py)
SLOW_SUITES := $(wildcard tests/generative tests/system tests/integration tests/docs)

.PHONY: help
help: ## Show this list
	@echo "Fivefold: from an assessment to a reasoned, phased plan."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup-run ## Set up, make a clinic of invented people, and run the app (PORT=8000) on this machine
	@FIVEFOLD_DATA="$${FIVEFOLD_DATA:-$(CURDIR)/build/synthetic-clinic}" $(BIN)/fivefold admin run --synthetic

.PHONY: plan
plan: setup-run ## Set up, show the plan of a tutorial case here, and write it as a page
	@$(BIN)/fivefold plan $(TUTORIAL)
	@mkdir -p build
	@$(BIN)/fivefold plan $(TUTORIAL) --format html >build/tutorial-plan.html.part
	@mv build/tutorial-plan.html.part build/tutorial-plan.html
	@echo
	@echo "The same plan as a page, to open in a browser:"
	@echo "  $(CURDIR)/build/tutorial-plan.html"
	@echo "Your own:  $(BIN)/fivefold new my.yaml   then   $(BIN)/fivefold plan my.yaml"

.PHONY: test
test: test-programs check test-fast test-slow test-postgres ## Everything that CI runs

.PHONY: check
check: setup-dev ## Style, types, layers and generated files; no tests
	@$(STEP) "ruff check" $(BIN)/ruff check --output-format concise
	@$(STEP) "ruff format" $(BIN)/ruff format --check
	@$(STEP) "mypy" $(BIN)/mypy
	@$(STEP) "import-linter" $(BIN)/lint-imports --no-logo
	@$(STEP) "patient access" $(BIN)/python scripts/lint_patient_access.py
	@$(STEP) "migrations" $(BIN)/python scripts/check_migrations.py
	@$(STEP) "lock files" $(BIN)/python scripts/check_locks.py
	@$(STEP) "safety log" $(BIN)/python scripts/check_safety_log.py --check
	@$(STEP) "schemas of the knowledge" $(BIN)/fivefold knowledge schema --check
	@$(STEP) "schema of the assessment" $(BIN)/fivefold schema assessment --check
	@$(STEP) "schema of the plan" $(BIN)/fivefold schema plan --check
	@$(STEP) "agreement on the worked cases" $(BIN)/python -m scripts.agreement --check
	@$(STEP) "tutorials" $(BIN)/python -m scripts.tutorials --check
	@$(STEP) "catalogue of the app's words" $(BIN)/python -m scripts.catalogue --check

.PHONY: fast
fast: setup-dev ## The quick tests: unit, spec, knowledge (under 30 s)
	@$(STEP) "fast tests" $(BIN)/pytest --quiet --numprocesses 2 --dist loadgroup $(FAST_SUITES)

.PHONY: bench
bench: setup-dev ## Measure speed: medians and ratios of one run
	@$(BIN)/python scripts/bench.py

.PHONY: bench-app
bench-app: setup-dev ## Measure the app with 10,000 patients, on SQLite and PostgreSQL (ten minutes)
	@$(BIN)/python -m scripts.bench_app

.PHONY: drills
drills: setup-dev ## Walk 500 invented risk situations through the real services: who is told, in order and in time (some minutes)
	@$(BIN)/python -m scripts.safety_drills

.PHONY: draft-kills
draft-kills: setup-dev ## Kill server, tab, browser, network and sign-in a thousand times while somebody types (half an hour)
	@$(BIN)/python -m scripts.draft_kills

.PHONY: offline-drills
offline-drills: setup-dev ## Ten thousand random diary sessions on a phone with a bad network, kills and wrong clocks; counts what was stored
	@$(BIN)/python -m scripts.offline_drills

.PHONY: phone-speed
phone-speed: setup-dev ## Measure the patient's pages on an old phone with a slow network (a quiet machine, two minutes)
	@$(BIN)/python -m scripts.phone_speed

.PHONY: docs
docs: setup-run ## Build the readable book of the knowledge base into build/
	@mkdir -p build
	@$(BIN)/fivefold knowledge book --format html >build/book.html.part
	@mv build/book.html.part build/book.html
	@$(BIN)/fivefold knowledge book --format pdf >build/book.pdf.part
	@mv build/book.pdf.part build/book.pdf
	@echo "  $(CURDIR)/build/book.html"
	@echo "  $(CURDIR)/build/book.pdf"

.PHONY: setup
setup: setup-dev ## Make or refresh .venv with all that development needs

.PHONY: lock
lock: setup-dev ## Write the lock files anew after a change of pyproject.toml
	@scripts/lock.sh

.PHONY: clean
clean: ## Remove .venv, caches and everything that was built
	rm -rf .venv build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis src/*.egg-info
	find src tests scripts -type d -name __pycache__ -prune -exec rm -rf {} +

# Steps of the above.

.PHONY: setup-run setup-dev test-programs test-fast test-slow test-postgres
setup-run:
	@scripts/setup.sh run
setup-dev:
	@scripts/setup.sh dev
test-programs:
	@scripts/test_programs.sh
test-fast: setup-dev
	@$(STEP) "fast tests, with coverage" $(OFFLINE) $(BIN)/pytest --quiet --numprocesses 2 --dist loadgroup --cov --cov-report=term:skip-covered $(FAST_SUITES)
test-slow: setup-dev
	@$(STEP) "slow tests" $(OFFLINE) $(BIN)/pytest --numprocesses 2 --dist loadgroup $(SLOW_SUITES)
test-postgres: setup-dev
	@$(STEP) "integration tests on PostgreSQL" $(OFFLINE) env FIVEFOLD_TEST_POSTGRES=1 $(BIN)/pytest --numprocesses 2 --dist loadgroup $(NO_DATABASE) tests/integration
